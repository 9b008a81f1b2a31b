// What the pages of the console know of the gateway, and how a page becomes an answer.
import type { DeviceDeeds } from '../adapters/device-deeds.ts'
import type { Access } from '../adapters/http-access.ts'
import type { Answer, Asked, TextStatus } from '../adapters/http-route.ts'
import type { SeriesStatus } from '../adapters/influx-messages.ts'
import type { Keys } from '../adapters/keys.ts'
import type { Attendee } from '../adapters/mqtt-attendance.ts'
import type { Counters } from '../app/counters.ts'
import type { Histogram } from '../app/histogram.ts'
import type { Newcomers } from '../app/newcomers.ts'
import type { Overview } from '../app/overview.ts'
import type { Pager } from '../app/pager.ts'
import type { Ledger } from '../app/ports.ts'
import type { Registry } from '../app/registry.ts'
import type { LiveScene } from '../app/scene.ts'
import type { Sightings } from '../app/sightings.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Checked } from '../domain/problem.ts'
import type { Instant } from '../domain/time.ts'
import type { BadgeMarks } from './badge-marks.ts'
import type { Clock } from './clock.ts'
import { frame, type Page, type Viewer } from './frame.ts'
import type { Html } from './html.ts'

export type ConsoleWorld = {
  readonly registry: Registry
  readonly overview: Overview
  readonly ledger: Pick<Ledger, 'request' | 'history' | 'body'>
  readonly pager: Pager
  readonly newcomers: Newcomers
  readonly sightings: Sightings
  readonly deeds: DeviceDeeds
  readonly counters: Counters
  /** What a commit takes, in seconds. */
  readonly commits: { readonly seconds: Histogram }
  readonly version: string
  /** Read anew for each page: a reload changes it. */
  readonly live: {
    readonly url: string
    readonly file: string
    readonly keys: Keys
    readonly defaults: Terms
    readonly published: { readonly groups: readonly string[]; readonly badges: boolean; readonly descriptions: boolean }
    /** Terms from what is said in the words of the file. */
    checkTerms(said: unknown, base?: Terms): Checked<Terms>
  }
  readonly marks: BadgeMarks
  readonly access: Pick<Access, 'lastUsedAt'>
  /** Connected over MQTT: how many, and the latest. */
  readonly devices: { count(): number; latest(most: number): readonly Attendee[] }
  /** Address of a file of the console's own. */
  asset(name: string): string
  scene(): LiveScene
  now(): Instant
  lastTickAt(): Instant
  series(): SeriesStatus | undefined
  /** Where devices publish; undefined: nowhere. */
  mqttPort(): number | undefined
}

/** Who asks: every page but the public ones is for somebody. */
export function viewerOf({ caller }: Asked): Viewer {
  if (caller === undefined) throw new Error('invariant: a page is shown to those who are known')
  return { scope: caller.scope, name: caller.name, csrf: caller.csrf ?? '' }
}

export function clockOf({ scene, now }: ConsoleWorld): Clock {
  return { now: now(), zone: scene().zone }
}

/** `zone`: in which the page writes its times, where that is not the gateway's. */
export function show(
  world: ConsoleWorld,
  { zone = world.scene().zone, ...page }: Omit<Page, 'about'> & { readonly zone?: string },
  status: TextStatus = 200,
): Answer {
  const about = { version: world.version, zone, tz: process.versions.tz ?? '', asset: world.asset }
  return answerHtml(frame({ ...page, about }), status)
}

/** Also for a part of a page, where only that is asked for. */
export function answerHtml(html: Html, status: TextStatus = 200): Answer {
  return { status, text: html.text, type: 'text/html; charset=utf-8' }
}
