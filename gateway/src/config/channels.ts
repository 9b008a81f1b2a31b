// Channels and the responders that stand for some of them.

import { readKind } from './channel-kinds.ts'
import type { ChannelFields, ResponderFields } from './fields.ts'
import { nearest, type Report, show } from './report.ts'
import type { ChannelSettings } from './settings.ts'

/** What a policy's `page` may name, and the channels each of it stands for. */
export type Targets = ReadonlyMap<string, readonly string[]>

export function readChannels(list: readonly (ChannelFields | undefined)[], report: Report): readonly ChannelSettings[] {
  const names = new Set<string>()
  return list.flatMap((channel, index) => {
    if (channel === undefined) return []
    const path = `channels[${index}]`
    const name = readName(channel.name, `${path}.name`, names, report)
    return [{ name, ...readKind(channel, path, report) }]
  })
}

export function readTargets(
  channels: readonly ChannelSettings[],
  responders: readonly (ResponderFields | undefined)[],
  report: Report,
): Targets {
  const targets = new Map<string, readonly string[]>(channels.map(({ name }) => [name, [name]]))
  const known = new Set(targets.keys())
  const names = new Set(known)
  responders.forEach((responder, index) => {
    if (responder === undefined) return
    const path = `responders[${index}]`
    const name = readName(responder.name, `${path}.name`, names, report)
    const page = responder.page ?? []
    if (page.length === 0) report.add(`${path}.page`, 'the names of channels', 'nothing')
    page.forEach((channel, place) => {
      if (channel === undefined || known.has(channel)) return
      report.add(`${path}.page[${place}]`, `the name of a channel${nearest(channel, known)}`, show(channel))
    })
    targets.set(name, [...new Set(page)])
  })
  return targets
}

/** A word that no other in `taken` has, however it is capitalised; it is added to them. */
export function readName(name: string | undefined, path: string, taken: Set<string>, report: Report): string {
  if (name === undefined) report.add(path, 'a name', 'nothing')
  else if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(name)) {
    report.add(path, 'a name of up to 63 letters, digits, "-" or "_" that begins with a letter or digit', show(name))
  } else {
    const same = [...taken].find((other) => other.toLowerCase() === name.toLowerCase())
    if (same !== undefined) report.add(path, 'a name of its own', `${show(name)}, which is taken`)
  }
  if (name !== undefined) taken.add(name)
  return name ?? ''
}
