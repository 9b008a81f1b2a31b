// Words that several pages need: counts, lists of names, a page's grammar.

import { isBridge, type Source } from '../domain/signal.ts'

/** From Sunday on. */
export const WEEKDAYS: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
]

export const MONTHS: readonly string[] = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
]

const FIGURES = new Intl.NumberFormat('en')

/** `12,408`. */
export function figure(count: number): string {
  return FIGURES.format(count)
}

/** `1 run`, `12 runs`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)}\u00a0${count === 1 ? one : many}`
}

/** Which way a signal came: `MQTT`, `bridge plant`. */
export function earOf(source: Source): string {
  if (source === 'gateway') return 'the gateway itself'
  return isBridge(source) ? source.replace(':', ' ') : source.toUpperCase()
}

/** `ana`, `ana and ben`, `ana, ben and carl`. */
export function listed(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? 'nobody'
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** A piece of somebody's text that fits a line. */
export function short(text: string, most = 120): string {
  const line = text.split('\n', 1)[0] as string
  return line.length <= most ? line : `${line.slice(0, most).trimEnd()}…`
}

/** As much of somebody's text as a page has room for. */
export function bounded(text: string, most = 1_000): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}

/** `412 B`, `3.2 kB`. */
export function bytes(size: number): string {
  if (size < 1000) return `${size}\u00a0B`
  return size < 1_000_000 ? `${(size / 1000).toFixed(1)}\u00a0kB` : `${(size / 1_000_000).toFixed(1)}\u00a0MB`
}
