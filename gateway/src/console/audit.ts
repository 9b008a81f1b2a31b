// An audit that somebody uploaded: every scheduled job that it found, and a button for each that nobody watches yet. The
// last one is kept in memory until the next, or until the gateway ends.
import type { Answer, Asked, Route } from '../adapters/http-route.ts'
import { isWrong } from '../domain/problem.ts'
import { type Instant, parseInstant } from '../domain/time.ts'
import { type AuditJob, type AuditRead, LONGEST_AUDIT, readAudit } from './audit-read.ts'
import { at, type Clock, clockTime } from './clock.ts'
import { mayAct, type Posted, refuse } from './deed.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo } from './html.ts'
import { csrfField, deed, goTo, page } from './page.ts'
import { address } from './query.ts'
import { chip } from './symbols.ts'
import { shortened } from './timeline.ts'
import { counted, listed } from './words.ts'
import { type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

export function auditRoutes(world: ConsoleWorld): readonly Route[] {
  let last: Kept | undefined
  return [
    page('/audit', 'The last audit', (asked) => showAudit(world, asked, last)),
    {
      ...deed('/audit', 'Takes an audit', (asked: Posted) => {
        const read = readAudit(asked.body?.['audit'] ?? '')
        if (isWrong(read)) return refuse(world, asked, { problem: 'bad-request', flaws: read.problems }, '/audit')
        last = { audit: read.value, by: viewerOf(asked).name, at: world.now() }
        return goTo('/audit')
      }),
      // Every character may be written as three, or nine.
      longestForm: 4 * LONGEST_AUDIT,
    },
  ]
}

type Kept = { readonly audit: AuditRead; readonly by: string; readonly at: Instant }

function showAudit(world: ConsoleWorld, asked: Asked, last: Kept | undefined): Answer {
  const clock = clockOf(world)
  const viewer = viewerOf(asked)
  if (last === undefined) {
    const title = 'Audit your jobs'
    const main = html`<header class="lead"><h1>${title}</h1><p>Which jobs run here, and which of them would anybody miss? An audit lists every scheduled job of a host or a repository: when it runs, whose it is, and whom it pings.</p></header>
${mayAct(viewer) ? upload(viewer) : html`<p class="soft">None was uploaded yet.</p>`}`
    return show(world, { title, viewer, main })
  }
  const { jobs, blind } = last.audit
  const own = jobs.filter((job) => job.package === '' && job.stopped === '')
  const unwatched = own.filter((job) => watchedBy(world, job) === undefined)
  const title =
    own.length === 0
      ? 'The audit found no job'
      : unwatched.length === 0
        ? `All ${counted(own.length, 'job')} are watched`
        : `${unwatched.length} of ${counted(own.length, 'job')} ${unwatched.length === 1 ? 'is' : 'are'} watched by nobody`
  const groups = [...new Set(own.map(({ group }) => group))]
  const rest = jobs.filter((job) => !own.includes(job))
  const main = html`<header class="lead"><h1>${title}</h1>
<p>Uploaded by ${last.by} at ${at(last.at, clock)}, and kept until the next or until the gateway starts anew. Nothing of it is watched by itself.</p></header>
<div class="stack">${groups.map(
    (group, place) =>
      html`<section aria-labelledby="g-${place}"><header class="head"><h2 id="g-${place}">${group || 'no group'}</h2> <span class="soft">${counted(own.filter((job) => job.group === group).length, 'job')}</span></header>${table(
        own.filter((job) => job.group === group),
        world,
        clock,
        viewer,
      )}</section>`,
  )}
${rest.length > 0 && html`<section><details><summary>${counted(rest.length, 'job')} of packages, or that do not run</summary>${table(rest, world, clock, viewer)}</details></section>`}
${blind.length > 0 && html`<section aria-labelledby="bl"><header class="head"><h2 id="bl">Could not be looked at</h2></header><ul class="flaws">${blind.map(({ where, why }) => html`<li>${where}: ${why}</li>`)}</ul></section>`}
${mayAct(viewer) && html`<section aria-labelledby="up"><header class="head"><h2 id="up">Another audit</h2></header>${upload(viewer)}</section>`}</div>`
  return show(world, { title, viewer, main })
}

function upload(viewer: Viewer): Html {
  return html`<form class="form audit" method="post" action="/audit">${csrfField(viewer)}
<p>Run it where the jobs are, and bring what it prints:</p>
<div class="copy"><pre><code id="audit-command">npx overdue audit --json &gt; audit.json</code></pre><button class="btn" type="button" data-copy="audit-command">Copy</button></div>
<p><label for="audit-file">The file</label><input id="audit-file" type="file" accept="application/json,.json" data-into="audit-text"><small>It is read here, in your browser, into the field below. Without a script, paste it there.</small></p>
<p><label for="audit-text">Or its text</label><textarea class="code" id="audit-text" name="audit" rows="6" required spellcheck="false"></textarea><small>Commands come without the secrets in them. At most ${LONGEST_AUDIT / 1_000_000} MB.</small></p>
<p><button class="btn main" type="submit">Show the audit</button></p>
</form>`
}

function table(jobs: readonly AuditJob[], world: ConsoleWorld, clock: Clock, viewer: Viewer): Html {
  return html`<table class="runs list jobs"><thead><tr><th scope="col" class="c-j">Job</th><th scope="col">When</th><th scope="col">Owner</th><th scope="col">Pings</th><th scope="col" class="r"><span class="sr">Heartbeat</span></th></tr></thead>
<tbody>${jobs.map((job) => {
    const { name, command, when, next, owner, pings, place, kind, why, stopped, notes } = job
    const [first] = next.flatMap((text) => parseInstant(text) ?? [])
    const services = [...new Set(pings.map(({ service }) => service))]
    return html`<tr><th scope="row" class="c-j">${name}<small class="code">${shortened(command, 200)}</small><small>${kind}, ${place}</small>${[...(stopped ? [`does not run: ${stopped}`] : []), ...notes].map((note) => html`<small>${shortened(note)}</small>`)}</th>
<td>${shortened(when, 200)}${first !== undefined && html`<small>next ${clockTime(first, clock)}</small>`}${why !== '' && html`<small>no heartbeat can say this: ${shortened(why)}</small>`}</td><td>${owner || html`<span class="none">nobody</span>`}</td><td>${services.length === 0 ? 'nobody' : listed(services)}</td><td class="r">${heartbeatOf(world, job, viewer)}</td></tr>`
  })}</tbody></table>`
}

/** Its verdict where it is watched here, else the way to watch it. */
function heartbeatOf(world: ConsoleWorld, job: AuditJob, viewer: Viewer): Html | undefined {
  const watched = watchedBy(world, job)
  if (watched !== undefined) {
    const { verdict } = world.registry.state(world.registry.find(watched))
    return html`<a href="${pathTo('heartbeats', watched)}">${chip(verdict)}<span class="sr"> ${watched}</span></a>`
  }
  if (!mayAct(viewer)) return html`<span class="soft">not watched</span>`
  const { name, owner, description, group, schedule = {} } = job
  return html`<a class="btn" href="${address('/new', { name, ...schedule, owner, description, group })}">Watch it<span class="sr">: ${name}</span></a>`
}

/** The heartbeat that the job pings here already, or that is called as it would be. */
function watchedBy({ registry }: ConsoleWorld, { name, pings }: AuditJob): string | undefined {
  return [...pings.map((ping) => ping.name), name].find((each) => each !== '' && registry.find(each) !== -1)
}
