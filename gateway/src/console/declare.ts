// Forms that make a heartbeat or change one: what they say goes the way that the API's does.
import { carryOut } from '../adapters/http-command.ts'
import { flawsOfParent, unnameable } from '../adapters/http-declare.ts'
import type { Answer, Asked, Form, Route } from '../adapters/http-route.ts'
import { createPace } from '../adapters/in-turns.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import { isWrong, type Problem } from '../domain/problem.ts'
import type { Duration } from '../domain/time.ts'
import { refuse } from './deed.ts'
import { type FormRules, formFields } from './heartbeat-form.ts'
import { type Html, html, pathTo } from './html.ts'
import { missing } from './missing.ts'
import { csrfField, deed, goTo, page } from './page.ts'
import { graceWords, preview } from './schedule-preview.ts'
import { type Flaws, flawsOf, saidBy, scheduleSaid, type Values, valuesIn, valuesOf } from './terms-form.ts'
import { answerHtml, type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

/** What a look at all that is known may take at once. */
const QUICK: Duration = 40

export function declareForms(world: ConsoleWorld): readonly Route[] {
  const { registry, ledger, live, scene } = world

  /** Terms from the schedule and grace alone, so that a preview does not wait for the rest. */
  function outline(values: Values): Terms | undefined {
    const { grace } = saidBy({ ...values })
    const said = { ...scheduleSaid(values), ...(grace !== undefined && { grace }) }
    const [whole, bare] = [live.checkTerms(said), live.checkTerms(scheduleSaid(values))]
    return isWrong(whole) ? (isWrong(bare) ? undefined : bare.value) : whole.value
  }

  async function rulesFor(values: Values, flaws: Flaws, isNew: boolean): Promise<FormRules> {
    const policies = scene().policies.map(({ name }) => name)
    const known = await world.overview.read(createPace(QUICK))
    return { values, flaws, terms: outline(values), policies, known, clock: clockOf(world), isNew }
  }

  async function newPage(asked: Asked, values: Values, flaws: Flaws): Promise<Answer> {
    const viewer = viewerOf(asked)
    const main = html`<header class="lead">
  <h1>New heartbeat</h1>
  ${steps(1)}
</header>
<form class="form" method="post" action="/new" aria-label="Heartbeat">${csrfField(viewer)}
  ${formFields(await rulesFor(values, flaws, true))}
  <p><button class="btn main" type="submit">Save</button></p>
</form>`
    return show(world, { title: 'New heartbeat', viewer, main, look: 'two' }, flaws.size === 0 ? 200 : 400)
  }

  async function editPage(asked: Asked, name: Name, terms: Terms, values: Values, flaws: Flaws): Promise<Answer> {
    const viewer = viewerOf(asked)
    const isOfFile = terms.declaredBy === 'file'
    const fields = formFields(await rulesFor(values, flaws, false))
    const main = html`<header class="lead">
  <nav aria-label="Path"><ol class="crumb"><li><a href="/">Board</a></li><li><a href="${pathTo('heartbeats', name)}">${name}</a></li></ol></nav>
  <h1>Edit ${name}</h1>
  ${isOfFile && html`<p><strong>${live.file} declares it.</strong> Change it there; the gateway takes it over when it is told to read the file anew.</p>`}
</header>
<form class="form" method="post" action="${pathTo('heartbeats', name, 'edit')}" aria-label="Heartbeat">${csrfField(viewer)}
  <fieldset class="form"${(isOfFile || viewer.scope === 'read') && html` disabled`}><legend class="sr">Terms of ${name}</legend>${fields}</fieldset>
  ${!isOfFile && viewer.scope !== 'read' && html`<p class="acts"><button class="btn main" type="submit">Save changes</button><a class="btn" href="${pathTo('heartbeats', name)}">Cancel</a><a class="btn" href="${pathTo('heartbeats', name, 'delete')}">Delete</a></p>`}
</form>`
    return show(
      world,
      { title: `Edit ${name}`, place: 'board', viewer, main, look: 'two' },
      flaws.size === 0 ? 200 : 400,
    )
  }

  /** Undefined: it is declared, and on disk. */
  async function declare(name: Name, values: Values): Promise<readonly Problem[] | Answer | undefined> {
    const checked = live.checkTerms(saidBy(values))
    const flaws = isWrong(checked) ? checked.problems : flawsOfParent(registry, checked.value.parent, name)
    if (isWrong(checked) || flaws.length > 0) return flaws
    return carryOut(ledger, { kind: 'declare', name, terms: checked.value })
  }

  async function make(asked: Asked<unknown, Form>): Promise<Answer> {
    const values = valuesIn(asked.body)
    const { name } = values
    const flaw = nameFlaw(name)
    if (flaw !== undefined) return newPage(asked, values, new Map([['name', flaw]]))
    const refused = await declare(name, values)
    if (refused === undefined) return goTo(pathTo('heartbeats', name, 'lines'))
    return isAnswer(refused) ? refuse(world, asked, refused, '/new') : newPage(asked, values, flawsOf(refused, values))
  }

  function nameFlaw(name: Name): string | undefined {
    const refused = unnameable(name, registry.roster.clash(name))
    if (refused !== undefined && 'problem' in refused) {
      const [flaw] = refused.flaws ?? []
      return flaw && `Expected ${flaw.expected}, found ${flaw.found}.`
    }
    const isTaken = registry.roster.termsOf(registry.find(name)) !== undefined
    return isTaken ? `There is a heartbeat ${name} already. Change that one, or take another name.` : undefined
  }

  const about =
    (answer: (name: Name, terms: Terms, asked: Asked<unknown, Form>) => Answer | Promise<Answer>) =>
    (asked: Asked<unknown, Form>): Answer | Promise<Answer> => {
      const name = asked.params['name'] as Name
      const terms = registry.roster.termsOf(registry.find(name))
      return terms === undefined ? missing(world, asked, 'heartbeat') : answer(name, terms, asked)
    }

  return [
    page('/new', 'Makes a heartbeat', (asked) => newPage(asked, valuesIn(asked.query), new Map())),
    deed('/new', 'Makes a heartbeat', make),
    page('/new/preview', 'When a schedule is due next', ({ query }) => {
      const values = valuesIn(query)
      const [terms, clock] = [outline(values), clockOf(world)]
      const checked = live.checkTerms(scheduleSaid(values))
      const flaw = isWrong(checked) ? [...flawsOf(checked.problems, values).values()][0] : undefined
      const isBlank = Object.values(scheduleSaid(values)).every((value) => value === '' || value === values.zone)
      if (flaw !== undefined)
        return answerHtml(
          html`<div id="fires" aria-live="polite">${!isBlank && html`<strong class="flaw">${flaw}</strong>`}</div>`,
        )
      return answerHtml(
        html`${preview(terms, clock)}<span id="grace-words" hx-swap-oob="true">${graceWords(terms, clock.now)}</span>`,
      )
    }),
    page(
      '/heartbeats/:name/edit',
      'Changes its terms',
      about((name, terms, asked) => editPage(asked, name, terms, valuesOf(name, terms), new Map())) as Route['answer'],
    ),
    deed(
      '/heartbeats/:name/edit',
      'Changes its terms',
      about(async (name, terms, asked) => {
        const back = pathTo('heartbeats', name)
        if (terms.declaredBy === 'file') return refuse(world, asked, { problem: 'declared-by-file' }, back)
        const values = valuesIn(asked.body)
        const refused = await declare(name, values)
        if (refused === undefined) return goTo(back)
        if (isAnswer(refused)) return refuse(world, asked, refused, back)
        return editPage(asked, name, terms, values, flawsOf(refused, values))
      }),
    ),
  ]
}

/** 1: describe it, 2: paste one line, 3: hear it. */
export function steps(at: 1 | 2 | 3): Html {
  const words = ['Describe it', 'Paste one line', 'Hear it']
  return html`<ol class="steps">${words.map((word, place) => html`<li${place + 1 === at && html` aria-current="step"`}><b>${place + 1}</b>${word}</li>`)}</ol>`
}

function isAnswer(refused: readonly Problem[] | Answer): refused is Answer {
  return !Array.isArray(refused)
}
