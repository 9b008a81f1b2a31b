// What the gateway says of a heartbeat, strongest first, and what each means for the pager.

export const VERDICTS = [
  'paused',
  'failed',
  'missed',
  'overrun',
  'slow',
  'unverified',
  'late',
  'running',
  'unseen',
  'ok',
] as const

export type Verdict = (typeof VERDICTS)[number]

/** The rule that gave a verdict; `explain` turns it into a sentence. */
export const RULES = [
  'declared',
  'signal',
  'due',
  'deadline',
  'startWithin',
  'will',
  'finishWithin',
  'runLimit',
  'baseline',
  'blind',
  'operator',
] as const

export type Rule = (typeof RULES)[number]

/** Verdicts that stand until an ok or an operator ends them. */
export function isBad(verdict: Verdict): boolean {
  return verdict === 'failed' || verdict === 'missed' || verdict === 'overrun'
}

export function isStronger(a: Verdict, b: Verdict): boolean {
  return VERDICTS.indexOf(a) < VERDICTS.indexOf(b)
}
