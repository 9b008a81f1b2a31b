import fc, { array, constantFrom, option, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AlertSubject, alertLabel, alertLabels } from './alert.ts'
import { isFitting, type Matcher } from './matcher.ts'
import { describeMatch, isMatch, type Match } from './mute.ts'
import { matchersOf } from './mute-matchers.ts'

const subject: AlertSubject = {
  about: 'inc-1',
  name: 'pump-17/battery',
  terms: { tags: ['db', 'night,ly'], group: 'hall-7', owner: 'ana' },
  severity: 'critical',
  verdict: 'missed',
  policy: 'default',
}

describe('the labels of an alert', () => {
  it('are those that say something', () => {
    expect(alertLabels(subject)).toEqual({
      alertname: 'OverdueMissed',
      group: 'hall-7',
      heartbeat: 'pump-17/battery',
      owner: 'ana',
      policy: 'default',
      severity: 'critical',
      tags: ',db,night;ly,',
      verdict: 'missed',
    })
    expect(alertLabels({ about: 'storm-1', severity: 'warning', scope: 'all' })).toEqual({
      alertname: 'OverdueStorm',
      scope: 'all',
      severity: 'warning',
    })
  })
})

describe('a match by labels', () => {
  const matcher = (name: string, value: string, isRegex = false, isEqual = true): Matcher => ({
    ...{ name, value, isRegex, isEqual },
  })
  it.each<[readonly Matcher[], boolean, string]>([
    [[matcher('heartbeat', 'pump-17/battery')], true, 'fits a label'],
    [[matcher('heartbeat', 'pump-17')], false, 'does not fit a part of one'],
    [[matcher('heartbeat', 'pump-.*', true)], true, 'fits by a regular expression'],
    [[matcher('heartbeat', 'pump', true)], false, 'is anchored'],
    [[matcher('alertname', 'OverdueMissed'), matcher('verdict', 'missed')], true, 'knows the verdict'],
    [[matcher('verdict', 'missed'), matcher('severity', 'warning')], false, 'fits only where all of them do'],
    [[matcher('severity', 'warning', false, false)], true, 'may say what it is not'],
    [[matcher('group', 'hall-.*', true, false)], false, 'may say what it is not, by a regular expression'],
    [[matcher('tags', '.*,db,.*', true)], true, 'fits one of the tags'],
    [[matcher('tags', '.*,d,.*', true)], false, 'does not fit a part of a tag'],
    [[matcher('incident', 'inc-1')], true, 'knows the incident'],
    [[matcher('instance', '')], true, 'takes what is missing for empty'],
    [[matcher('instance', 'a', false, false)], true, 'takes what is missing for anything else'],
    [[matcher('constructor', 'a')], false, 'knows no other label'],
    [[matcher('group', '(', true, false)], false, 'fits nothing by what can not be read'],
  ])('%j %s: %s', (labels, fits) => {
    expect(isMatch({ labels }, subject)).toBe(fits)
    expect(isMatch({ severity: 'warning', labels }, subject)).toBe(false)
  })

  it('is told to people as it is written', () => {
    const labels = [
      matcher('a', 'x"y'),
      matcher('b', 'z', true),
      matcher('c', '', false, false),
      matcher('d', '', true, false),
    ]
    expect(describeMatch({ labels })).toBe('labels a="x\\"y" and b=~"z" and c!="" and d!~""')
  })
})

describe('the matchers of a match', () => {
  const text = constantFrom('a', 'ab', 'a.b', 'b/a', '', 'a|b', '[a]', 'a,b')
  const pattern = constantFrom('a', 'a*', '*', '**', '*b*', 'a.*', 'a|b', '[a]', 'a,*', '(', '\\')
  const patterns = option(array(pattern, { minLength: 1, maxLength: 2 }), { nil: undefined })
  const severity = constantFrom('warning' as const, 'critical' as const)
  const matches = record({
    ...{ names: patterns, tags: patterns, groups: patterns, owners: patterns },
    severity: option(severity, { nil: undefined }),
    about: option(constantFrom('inc-1', 'inc-2'), { nil: undefined }),
  }).map((match) => Object.fromEntries(Object.entries(match).filter(([, value]) => value !== undefined)) as Match)
  const subjects = record({
    about: constantFrom('inc-1', 'inc-2'),
    name: text.filter((name) => name !== ''),
    terms: record({
      tags: array(
        text.filter((tag) => tag !== ''),
        { maxLength: 2 },
      ),
      group: text,
      owner: text,
    }),
    severity,
  })

  it('fit the same alerts', () => {
    fc.assert(
      property(matches, subjects, (match, one) => {
        const fits = matchersOf(match).every((matcher) => isFitting(matcher, alertLabel(one, matcher.name)))
        expect([match, one, fits]).toEqual([match, one, isMatch(match, one)])
      }),
      { numRuns: 5_000 },
    )
  })

  it('say a name as it is, and everything as what has a name', () => {
    expect(matchersOf({ names: ['a.b'] })).toEqual([{ name: 'heartbeat', value: 'a.b', isRegex: false, isEqual: true }])
    expect(matchersOf({ names: ['a.b', 'c*'] })).toMatchObject([{ value: 'a\\.b|c.*', isRegex: true }])
    expect(matchersOf({})).toMatchObject([{ name: 'alertname', value: '.+' }])
  })
})
