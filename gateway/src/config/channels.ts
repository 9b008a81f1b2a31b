// Channels and the responders that stand for some of them.
import { readKind } from './channel-kinds.ts'
import type { ChannelFields, ResponderFields } from './fields.ts'
import { nearest, type Report, show } from './report.ts'
import type { ChannelSettings, ResponderSettings } from './settings.ts'

export function readChannels(list: readonly (ChannelFields | undefined)[], report: Report): readonly ChannelSettings[] {
  const names = new Set<string>()
  return list.flatMap((channel, index) => {
    if (channel === undefined) return []
    const path = `channels[${index}]`
    const name = readName(channel.name, `${path}.name`, names, report)
    return [{ name, ...readKind(channel, path, report) }]
  })
}

/** Responders with the channels that reach them. */
export function readResponders(
  list: readonly (ResponderFields | undefined)[],
  channels: ReadonlySet<string>,
  report: Report,
): readonly ResponderSettings[] {
  const names = new Set(channels)
  return list.flatMap((responder, index) => {
    if (responder === undefined) return []
    const path = `responders[${index}]`
    const name = readName(responder.name, `${path}.name`, names, report)
    const page = responder.page ?? []
    if (page.length === 0) report.add(`${path}.page`, 'the names of channels', 'nothing')
    page.forEach((channel, place) => {
      if (channel === undefined || channels.has(channel)) return
      report.add(`${path}.page[${place}]`, `the name of a channel${nearest(channel, channels)}`, show(channel))
    })
    return [{ name, page: [...new Set(page)] }]
  })
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
