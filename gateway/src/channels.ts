// Makes of each channel that the configuration names the one that delivers.
import { createAlertmanagerChannel } from './adapters/channel-alertmanager.ts'
import { createDiscordChannel } from './adapters/channel-discord.ts'
import { createEmailChannel } from './adapters/channel-email.ts'
import type { Guard } from './adapters/channel-guard.ts'
import { createIrmChannel } from './adapters/channel-irm.ts'
import { createNtfyChannel } from './adapters/channel-ntfy.ts'
import { createPagerDutyChannel, PAGERDUTY_URL } from './adapters/channel-pagerduty.ts'
import { createSlackChannel } from './adapters/channel-slack.ts'
import { createTeamsChannel } from './adapters/channel-teams.ts'
import { createTemplateChannel } from './adapters/channel-template.ts'
import { createWebhookChannel } from './adapters/channel-webhook.ts'
import type { Channel } from './app/channel.ts'
import type { ChannelSettings } from './config/settings.ts'
import type { Instant } from './domain/time.ts'

/** What all of them share. */
export type ChannelWorld = { readonly guard: Guard; readonly now: () => Instant }

export function createChannels(
  settings: readonly ChannelSettings[],
  world: ChannelWorld,
): ReadonlyMap<string, Channel> {
  return new Map(settings.map((channel) => [channel.name, createChannel(channel, world)]))
}

function createChannel(settings: ChannelSettings, world: ChannelWorld): Channel {
  switch (settings.kind) {
    case 'webhook':
      return createWebhookChannel({ ...world, ...settings })
    case 'slack':
      return createSlackChannel({ ...world, ...settings })
    case 'discord':
      return createDiscordChannel({ ...world, ...settings })
    case 'teams':
      return createTeamsChannel({ ...world, ...settings })
    case 'irm':
      return createIrmChannel({ ...world, ...settings })
    case 'ntfy':
      return createNtfyChannel({ ...world, ...settings })
    case 'pagerduty':
      return createPagerDutyChannel({ ...world, url: PAGERDUTY_URL, ...settings })
    case 'alertmanager':
      return createAlertmanagerChannel({ ...world, ...settings })
    case 'email':
      return createEmailChannel({ ...world, ...settings })
    case 'template':
      return createTemplateChannel({ ...world, ...settings })
  }
}
