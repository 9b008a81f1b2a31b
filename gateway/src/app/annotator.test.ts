import { describe, expect, it } from 'vitest'
import { Annotator, type Mark, type Marked, MOST_WAITING, type Written } from './annotator.ts'

const START = 1_800_000_000_000

/** A Grafana that numbers its marks, and incidents that are opened and ended by hand. */
function stage() {
  const stop = new AbortController()
  const all = new Map<string, Marked>()
  const asked: { mark: Mark; id: number | undefined }[] = []
  const logged: string[] = []
  const state: { now: number; answer: (id: number | undefined) => Written } = {
    now: START,
    answer: (id) => ({ kind: 'done', id: id ?? asked.length }),
  }
  const annotator = new Annotator({
    open: () => [...all.values()].filter(({ resolvedAt }) => resolvedAt === undefined),
    find: (id) => all.get(id),
    describe: (id) => ({ labels: { severity: 'critical', heartbeat: id }, summary: `${id} is bad` }),
    async write(mark, id) {
      asked.push({ mark, id })
      return state.answer(id)
    },
    now: () => state.now,
    random: () => 0.5,
    log: (fact, { why }) => logged.push(`${fact} ${String(why)}`),
    stop: stop.signal,
  })
  const open = (id: string, isMuted = false) => all.set(id, { id, openedAt: START, isMuted })
  const end = (id: string) => all.set(id, { ...(all.get(id) as Marked), resolvedAt: START + 60_000 })
  /** What is written by a look so much later. */
  const look = async (later = 1_000) => {
    state.now += later
    annotator.tick(state.now)
    await new Promise(setImmediate)
    return asked
      .splice(0)
      .map(({ mark, id }) => `${mark.text} ${mark.until === undefined ? 'open' : 'ended'} ${id ?? 'new'}`)
  }
  return { state, open, end, look, logged, all, stop, asked, annotator }
}

describe('a mark', () => {
  it('is written when an incident opens, and gets its end when it is over', async () => {
    const { open, end, look } = stage()
    await look()
    open('a')
    expect(await look()).toEqual(['a is bad open new'])
    expect(await look()).toEqual([])
    end('a')
    expect(await look()).toEqual(['a is bad ended 1'])
    expect(await look()).toEqual([])
  })

  it('says since when, and is found by its tags', async () => {
    const { open, state, annotator, asked } = stage()
    annotator.tick(state.now)
    open('a')
    annotator.tick(state.now)
    expect(asked).toEqual([
      { id: undefined, mark: { at: START, text: 'a is bad', tags: ['overdue', 'critical', 'a'] } },
    ])
  })

  it('of what was open before the process began is written at its end, whole', async () => {
    const { open, end, look } = stage()
    open('a')
    expect(await look()).toEqual([])
    end('a')
    expect(await look()).toEqual(['a is bad ended new'])
  })

  it('is not of what pages nobody, until it does', async () => {
    const { open, end, look } = stage()
    await look()
    open('a', true)
    open('b', true)
    expect(await look()).toEqual([])
    open('a')
    expect(await look()).toEqual(['a is bad open new'])
    end('b')
    expect(await look()).toEqual([])
  })

  it('that can’t be written is tried again, later each time, and what comes after it waits', async () => {
    const { state, open, end, look, logged } = stage()
    await look()
    const { answer } = state
    state.answer = () => ({ kind: 'retry', why: 'answered 503' })
    open('a')
    expect(await look()).toEqual(['a is bad open new'])
    open('b')
    end('a')
    expect(await look(4_000)).toEqual([])
    expect(await look(1_000)).toEqual(['a is bad open new'])
    expect(await look(9_000)).toEqual([])
    state.answer = answer
    expect(await look(1_000)).toEqual(['a is bad open new', 'b is bad open new', 'a is bad ended 1'])
    expect(logged).toEqual(['annotation.retried answered 503', 'annotation.retried answered 503'])
  })

  it('is given up where it is refused, and after an hour', async () => {
    const { state, open, look, logged } = stage()
    await look()
    state.answer = () => ({ kind: 'refused', why: 'answered 403' })
    open('a')
    open('b')
    expect(await look()).toEqual(['a is bad open new', 'b is bad open new'])
    expect(await look()).toEqual([])
    state.answer = () => ({ kind: 'retry', why: 'answered 503' })
    open('c')
    for (let minute = 0; minute < 70; minute++) await look(60_000)
    expect(await look(600_000)).toEqual([])
    expect(logged.at(-1)).toBe('annotation.dropped answered 503')
  })

  it('waits in memory, and only so many: the oldest go', async () => {
    const { state, open, look, logged } = stage()
    await look()
    state.answer = () => ({ kind: 'retry', why: 'answered 503' })
    for (let n = 0; n < MOST_WAITING + 10; n++) open(`a${n}`)
    await look()
    expect(logged.filter((line) => line.startsWith('annotation.dropped'))).toHaveLength(10)
    state.answer = (id) => ({ kind: 'done', id: id ?? 1 })
    const written = await look(10_000)
    expect(written).toHaveLength(MOST_WAITING)
    expect(written[0]).toBe('a10 is bad open new')
  })
})
