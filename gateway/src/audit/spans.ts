// Spans of time as systemd.time(7) and Go write them, as durations.
import { DAY, type Duration, HOUR, MINUTE, SECOND } from '../domain/time.ts'

/** `1h 30min`, `90`, `2 weeks`; a bare number is seconds. Undefined for anything else. */
export function systemdSpan(text: string): Duration | undefined {
  return sum(text, /([\d.]+)\s*([a-zA-Zµ]*)\s*/y, SYSTEMD)
}

/** `1h30m`, `1.5h`, `100ms`. */
export function goDuration(text: string): Duration | undefined {
  return sum(text, /(\d+(?:\.\d*)?)([a-zµ]+)/y, GO)
}

type Units = Readonly<Record<string, Duration>>

const WEEK = 7 * DAY
const SYSTEMD: Units = {
  ...{ '': SECOND, us: 0.001, usec: 0.001, µs: 0.001, ms: 1, msec: 1 },
  ...{
    s: SECOND,
    sec: SECOND,
    second: SECOND,
    seconds: SECOND,
    m: MINUTE,
    min: MINUTE,
    minute: MINUTE,
    minutes: MINUTE,
  },
  ...{ h: HOUR, hr: HOUR, hour: HOUR, hours: HOUR, d: DAY, day: DAY, days: DAY, w: WEEK, week: WEEK, weeks: WEEK },
  ...{ M: 30.44 * DAY, month: 30.44 * DAY, months: 30.44 * DAY },
  ...{ y: 365.25 * DAY, year: 365.25 * DAY, years: 365.25 * DAY },
}
const GO: Units = { ns: 1e-6, us: 0.001, µs: 0.001, ms: 1, s: SECOND, m: MINUTE, h: HOUR }

function sum(text: string, part: RegExp, units: Units): Duration | undefined {
  const written = text.trim()
  let total = 0
  part.lastIndex = 0
  while (part.lastIndex < written.length) {
    const [, count, unit = ''] = part.exec(written) ?? []
    const size = Object.hasOwn(units, unit) ? units[unit] : undefined
    if (count === undefined || size === undefined || !Number.isFinite(Number(count))) return undefined
    total += Number(count) * size
  }
  return written === '' ? undefined : Math.round(total)
}
