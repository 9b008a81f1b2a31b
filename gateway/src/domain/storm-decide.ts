// What becomes true of a storm: by silence, by its heartbeats coming back, and by an operator's word.
import { type Demand, type Directory, type Move, muteMoves, tellMoves, turnMoves, warnMoves } from './escalate.ts'
import { type Muting, momentOf } from './escalation.ts'
import type { Deed, GatewayFact, PageKind } from './fact.ts'
import { pageId } from './names.ts'
import { evolveStorm, isReceded, type Members, STRAGGLES, type Storm } from './storm.ts'
import { type Instant, isDue } from './time.ts'

export interface StormScene extends Directory {
  /** Why nobody is to be paged for the storm; undefined: they are. */
  muteOfStorm(storm: Storm, now: Instant): Muting | undefined
}

/** One look at a storm unfolds at most so many moments; the rest follow in the next. */
const MOST_MOMENTS = 20

/** Everything that became true up to `now` without anybody's word. */
export function judgeStorm(storm: Storm, members: Members, scene: StormScene, now: Instant): readonly GatewayFact[] {
  const draft = new StormDraft(storm, scene, now)
  ebb(draft, members)
  for (let unfolded = 0; unfolded < MOST_MOMENTS; unfolded++) {
    const moment = momentOf(draft.storm)
    if (moment === undefined || !isDue(moment.at, now)) break
    if (moment.kind === 'warned') draft.make(warnMoves(draft.storm, scene.muteOfStorm(draft.storm, now), now))
    else if (moment.kind === 'acknowledgementExpired') draft.make([{ move: 'acknowledgementExpired', at: moment.at }])
    else draft.makeTurn(moment.kind)
  }
  return draft.facts
}

/** The mutes changed: who is muted, and who no longer. */
export function recheckStorm(storm: Storm, scene: StormScene, now: Instant): readonly GatewayFact[] {
  const draft = new StormDraft(storm, scene, now)
  if (storm.state === 'triggered') draft.make(muteMoves(storm, scene.muteOfStorm(storm, now)))
  return draft.facts
}

export function acknowledgeStorm(storm: Storm, deed: Deed, scene: StormScene, now: Instant): readonly GatewayFact[] {
  const draft = new StormDraft(storm, scene, now)
  draft.add({ type: 'storm.acknowledged', storm: storm.id, ...deed })
  draft.make(tellMoves(storm, 'acknowledged', now))
  return draft.facts
}

/** It is over, with `open` of its heartbeats still bad; whoever was paged hears of it. */
export function resolveStorm(
  storm: Storm,
  open: number,
  deed: Deed,
  scene: StormScene,
  now: Instant,
): readonly GatewayFact[] {
  const draft = new StormDraft(storm, scene, now)
  draft.resolve(open, deed)
  return draft.facts
}

function ebb(draft: StormDraft, members: Members): void {
  const { storm, now } = draft
  const { recededAt, id } = storm
  const { all, open } = members
  if (all > 0 && open === 0) return draft.resolve(0, { by: 'heartbeats' })
  if (all === 0) return isDue(storm.seenAt + STRAGGLES, now) ? draft.resolve(0, { by: 'nobody joined' }) : undefined
  if (!isReceded(members)) {
    if (recededAt !== undefined) draft.add({ type: 'storm.returned', storm: id, open })
    return
  }
  if (recededAt === undefined) draft.add({ type: 'storm.receded', storm: id, open })
  else if (isDue(recededAt + STRAGGLES, now)) draft.resolve(open, { by: 'heartbeats' })
}

type Body = GatewayFact extends infer F ? (F extends GatewayFact ? Omit<F, 'at' | 'seenAt'> : never) : never

class StormDraft {
  readonly facts: GatewayFact[] = []
  readonly scene: StormScene
  readonly now: Instant
  storm: Storm

  constructor(storm: Storm, scene: StormScene, now: Instant) {
    this.storm = storm
    this.scene = scene
    this.now = now
  }

  add(body: Body, at: Instant = this.now): void {
    const fact = { at, seenAt: this.now, ...body } as GatewayFact
    this.facts.push(fact)
    this.storm = evolveStorm(this.storm, fact as Parameters<typeof evolveStorm>[1]) as Storm
  }

  makeTurn(kind: 'turn' | 'unmuted'): void {
    const muting = this.scene.muteOfStorm(this.storm, this.now)
    if (kind === 'unmuted' || muting !== undefined) this.make(muteMoves(this.storm, muting))
    else this.make(turnMoves(this.storm, this.scene, this.now))
  }

  resolve(open: number, deed: Deed): void {
    this.add({ type: 'storm.resolved', storm: this.storm.id, open, ...deed })
    this.make(tellMoves(this.storm, 'resolved', this.now))
  }

  make(moves: readonly Move[]): void {
    for (const move of moves) this.#make(move)
  }

  #make(move: Move): void {
    const storm = this.storm.id
    switch (move.move) {
      case 'stepTaken':
        return this.add({ type: 'storm.stepTaken', storm, step: move.step, repeat: move.repeat }, move.at)
      case 'paged': {
        const { demand, what, step, channel, path } = move
        const page = pageId(storm, what, channel)
        return this.add({ type: 'notice.queued', page, kind: KINDS[demand], channel, path, storm, step, text: '' })
      }
      case 'dropped':
        return this.add({ type: 'notice.dropped', storm, step: move.step, why: move.why })
      case 'muted':
        this.add({ type: 'storm.muted', storm, ...move.muting })
        return this.add({ type: 'notice.dropped', storm, step: move.step, why: move.muting.why })
      case 'unmuted':
        return this.add({ type: 'storm.unmuted', storm })
      case 'warned':
        return this.add({ type: 'storm.warned', storm })
      case 'acknowledgementExpired':
        return this.add({ type: 'storm.acknowledgementExpired', storm }, move.at)
    }
    move satisfies never
  }
}

const KINDS: Readonly<Record<Demand, PageKind>> = {
  triggered: 'storm.triggered',
  again: 'storm.grew',
  acknowledged: 'storm.acknowledged',
  expiring: 'storm.expiring',
  resolved: 'storm.resolved',
}
