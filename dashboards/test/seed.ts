// The points that a gateway would have written over the two days of the story, in the schema of gateway/docs/series.md.
import type { Point } from './points.ts'
import { incidentsAndPages } from './seed-incidents.ts'
import {
  BLIND,
  CODE,
  END,
  FLEET,
  HOUR,
  type Member,
  MINUTE,
  SECOND_BLIND,
  type Spell,
  START,
  STORM,
  spellAt,
  spellsOf,
  type Word,
} from './story.ts'

const COUNTED: readonly Word[] = [
  'ok',
  'unseen',
  'running',
  'late',
  'unverified',
  'slow',
  'overrun',
  'missed',
  'failed',
  'paused',
]
const BAD: readonly Word[] = ['overrun', 'missed', 'failed']
const SECOND = 1000

/** In no order: InfluxDB needs none. */
export function seed(): readonly Point[] {
  return [
    ...FLEET.flatMap(signalsOf),
    ...FLEET.flatMap(statesOf),
    ...FLEET.flatMap(hoursOf),
    ...fleet(),
    ...gateway(),
    ...incidentsAndPages(),
  ]
}

function signalsOf({ name, group, every, takes }: Member, nth: number): readonly Point[] {
  const points: Point[] = []
  const lag = (nth % 7) * SECOND - 2 * SECOND
  for (let due = START + (nth % 5) * SECOND; due < END; due += every) {
    const at = due + lag
    const spell = spellAt(name, at)
    const signal = (kind: string, seconds: number, fields: Point['fields']): void => {
      const tags = { heartbeat: name, group, kind, via: group === 'hall-7' ? 'mqtt' : 'http' }
      points.push({
        measurement: 'hb_signal',
        tags,
        fields: { n: 1n, skew_ms: 0, ...fields },
        at: at + seconds * SECOND,
      })
    }
    if (spell !== undefined && ['missed', 'paused', 'unseen'].includes(spell.word)) continue
    const gap = { gap_ms: every + (nth % 3) * SECOND }
    if (takes === undefined) {
      const seq = Math.round((due - START) / every)
      const unusual = seq % 50 === 49 ? { lost: 2n, reboot: 1n } : { lost: 0n }
      signal('ok', 0, { lag_ms: lag, missed: 0n, seq: BigInt(seq), ...unusual, ...gap })
      continue
    }
    const run = `r${Math.round(due / 1000)}`
    signal('start', 0, { run, gap_ms: every - takes })
    const factor = spell?.word === 'slow' ? 4 : 1 + (Math.round(due / every) % 5) / 10
    const ended = { run, duration_ms: takes * factor, baseline_ms: takes * 1.2, gap_ms: takes * factor }
    if (spell?.word === 'failed') signal('fail', takes / SECOND, { ...ended, exit: 1n })
    else if (spell?.word !== 'overrun')
      signal('ok', (takes * factor) / SECOND, { ...ended, lag_ms: lag, exit: 0n, missed: 0n })
  }
  return points
}

/** At each change, and every five minutes at an offset of the heartbeat's own. */
function statesOf(member: Member, nth: number): readonly Point[] {
  const changes = spellsOf(member.name).flatMap(({ from, to }) => [from, ...(to === undefined ? [] : [to])])
  const repeats: number[] = []
  for (let at = START + (nth % 30) * 10 * SECOND; at < END; at += 5 * MINUTE) repeats.push(at)
  return [...changes.filter((at) => at >= START), ...repeats].map((at) => stateAt(member, at))
}

function stateAt({ name, group, owner, every, takes }: Member, at: number): Point {
  const spell = spellAt(name, at)
  const before = spellsOf(name).findLast(({ to }) => to !== undefined && to <= at)
  const since = spell?.from ?? before?.to ?? START
  const isSilent = spell?.word === 'missed'
  const last = spell?.word === 'unseen' ? 0 : (isSilent ? spell.from : at) - (at % every)
  const due = isSilent ? spell.from - 2 * MINUTE : last + every
  const isAwaited = spell?.word !== 'paused'
  return {
    measurement: 'hb_state',
    tags: { heartbeat: name, group, owner },
    fields: {
      code: BigInt(CODE[spell?.word ?? 'ok']),
      prev: BigInt(spell === undefined ? CODE[before?.word ?? 'unseen'] : CODE.ok),
      since: BigInt(since),
      last_signal: BigInt(last),
      last_ok: BigInt(last),
      ...(isAwaited && { due: BigInt(due), deadline: BigInt(due + 2 * MINUTE) }),
      overdue_ms: overdue(spell, at),
      missed: isSilent ? BigInt(1 + Math.floor((at - spell.from) / every)) : 0n,
      ...(takes !== undefined && { baseline_ms: takes * 1.2 }),
    },
    at,
  }
}

function overdue(spell: Spell | undefined, at: number): number {
  return spell?.word === 'missed' ? at - spell.from : 0
}

function hoursOf({ name, group, every, takes }: Member): readonly Point[] {
  return Array.from({ length: 48 }, (_, hour): Point => {
    const at = START + hour * HOUR
    const bad = spellsOf(name).filter(({ word }) => BAD.includes(word))
    const share =
      bad.reduce((sum, { from, to = END }) => sum + Math.max(0, Math.min(to, at + HOUR) - Math.max(from, at)), 0) / HOUR
    const durations =
      takes === undefined
        ? {}
        : { duration_mean_ms: takes * 1.2, duration_p95_ms: takes * 1.4, duration_max_ms: takes * 1.4 }
    const misses = bad.filter(({ word, from }) => word === 'missed' && from >= at && from < at + HOUR).length
    const fields = {
      n: BigInt(Math.round(HOUR / every)),
      fails: 0n,
      misses: BigInt(misses),
      ok_ratio: 1 - share,
      ...durations,
    }
    return { measurement: 'hb_1h', tags: { heartbeat: name, group }, fields, at }
  })
}

function fleet(): readonly Point[] {
  const points: Point[] = []
  for (const [group, members] of Map.groupBy(FLEET, (member) => member.group)) {
    const perTick = members.reduce((sum, { every }) => sum + (10 * SECOND) / every, 0)
    for (let at = START; at <= END; at += 10 * SECOND) {
      const spells = members.map(({ name }) => spellAt(name, at))
      const count = (words: readonly Word[]): bigint =>
        BigInt(spells.filter((spell) => words.includes(spell?.word ?? 'ok')).length)
      const fields: Record<string, bigint | number> = Object.fromEntries(COUNTED.map((word) => [word, count([word])]))
      fields['total'] = BigInt(members.length)
      fields['bad'] = count(BAD)
      fields['incidents'] = count([...BAD, 'slow'])
      fields['arrivals'] = BigInt(Math.floor(perTick + ((at / 10_000) % 3)))
      fields['overdue_ms'] = Math.max(0, ...spells.map((spell) => overdue(spell, at)))
      points.push({ measurement: 'hb_fleet', tags: { group }, fields, at })
    }
  }
  return points
}

function gateway(): readonly Point[] {
  const points: Point[] = []
  for (let at = START; at <= END; at += 10 * SECOND) points.push(gatewayAt(at))
  for (const { at, ms, cause, source, unverified } of [BLIND, SECOND_BLIND])
    points.push({
      measurement: 'hb_gateway',
      tags: { instance: 'main', source, cause },
      fields: { blind_ms: ms, unverified: BigInt(unverified) },
      at: at + ms,
    })
  return points
}

function gatewayAt(at: number): Point {
  const swing = (at / 10_000) % 9
  const begunAt = at > BLIND.at ? BLIND.at : START
  return {
    measurement: 'hb_gateway',
    tags: { instance: 'main' },
    fields: {
      signals: BigInt(3 + swing),
      refused: swing === 4 ? 1n : 0n,
      duplicates: 0n,
      facts: BigInt(5 + swing),
      commit_p50_ms: 1.5 + swing / 10,
      commit_p99_ms: 6 + swing,
      tick_lag_ms: swing / 2,
      heartbeats: BigInt(FLEET.length),
      incidents: 3n,
      storms: at >= STORM.from && at < STORM.to ? 1n : 0n,
      mqtt_clients: 34n,
      mqtt_connects: swing === 2 ? 1n : 0n,
      pages_waiting: swing === 0 ? 1n : 0n,
      channels: 3n,
      channels_failed: 0n,
      rss_bytes: 180_000_000n,
      ledger_bytes: BigInt(40_000_000 + (at - START) / 100),
      free_bytes: 20_000_000_000n,
      uptime_s: BigInt((at - begunAt) / SECOND),
      influx_lag_ms: 900,
      influx_points: 40n,
      influx_dead: 0n,
    },
    at,
  }
}
