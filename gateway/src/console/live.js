// What a page does while it is open: times go on, its live parts follow the gateway, and a button copies.
//   <time data-count="until|ago|for" datetime="…">   counted each second
//   <… id="…" data-live>                              follows the same element of the page, fetched anew after events
//   <… id="…" data-live data-from="/…">               follows that of another address, while it is in view
//   <… data-live-every="1">                           seconds between looks while no events come; else 5
//   <… data-of="NAME">                                the page is about this heartbeat: its events are enough
//   <p data-pulse>                                    says since when the connection is lost
//   <button data-copy="id">                           copies the text of that element
//   <input type="file" data-into="id">               puts the text of a file into that field
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

function duration(length) {
  const two = (large, largeName, small, smallName) => {
    const rest = Math.floor((length % large) / small)
    const first = `${Math.floor(length / large)}\u00a0${largeName}`
    return rest === 0 ? first : `${first} ${rest}\u00a0${smallName}`
  }
  if (length < MINUTE) return `${Math.floor(length / SECOND)}\u00a0s`
  if (length < 10 * MINUTE) return two(MINUTE, 'min', SECOND, 's')
  if (length < HOUR) return `${Math.floor(length / MINUTE)}\u00a0min`
  return length < DAY ? two(HOUR, 'h', MINUTE, 'min') : two(DAY, 'd', HOUR, 'h')
}

const WORDS = {
  until: (away) => (away <= 0 ? 'now' : `in ${duration(away)}`),
  ago: (away) => `${duration(Math.max(0, -away))} ago`,
  for: (away) => duration(Math.max(0, -away)),
}

/** How far this clock is ahead of the gateway's. */
let skew = 0

function count() {
  for (const time of document.querySelectorAll('time[data-count]')) {
    const text = WORDS[time.dataset.count](Date.parse(time.dateTime) - (Date.now() - skew))
    if (time.textContent !== text) time.textContent = text
  }
}

/** Makes `old` what `fresh` is, and keeps what is the same: focus, selection and scroll position stay. */
function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || (old.id ?? '') !== (fresh.id ?? '')) {
    old.replaceWith(fresh)
    return
  }
  // What somebody opened they read, and it may hold what was fetched for it.
  if (old.nodeName === 'DETAILS' && old.open) return
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data
    return
  }
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name)
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  let place = old.firstChild
  for (const child of [...fresh.childNodes]) {
    const known = child.id ? old.querySelector(`:scope > #${CSS.escape(child.id)}`) : null
    const same = known ?? (place && !place.id && place.nodeName === child.nodeName ? place : null)
    if (same === null) old.insertBefore(child, place)
    else {
      if (same === place) place = place.nextSibling
      else old.insertBefore(same, place)
      morph(same, child)
    }
  }
  while (place) {
    const next = place.nextSibling
    place.remove()
    place = next
  }
}

function isInView(element) {
  const { top, bottom } = element.getBoundingClientRect()
  return bottom > -innerHeight && top < 2 * innerHeight
}

async function refresh() {
  const live = [...document.querySelectorAll('[data-live][id]')]
  const sources = Map.groupBy(live, (element) => element.dataset.from ?? location.href)
  for (const [from, elements] of sources) {
    if (from !== location.href && !elements.some(isInView)) continue
    const answer = await fetch(from, { headers: { Accept: 'text/html' }, cache: 'no-store' })
    if (answer.redirected) return location.reload()
    if (!answer.ok) throw new Error(String(answer.status))
    skew = Date.now() - Date.parse(answer.headers.get('date') ?? new Date().toISOString())
    if (Math.abs(skew) < 2 * SECOND) skew = 0
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
    if (from === location.href) document.title = fresh.title
    for (const old of elements) {
      const element = fresh.getElementById(old.id)
      if (element !== null && old.isConnected) morph(old, document.importNode(element, true))
    }
  }
  count()
}

const pulse = document.querySelector('[data-pulse]')
/** Undefined while the gateway answers. */
let lostAt

function beat(isHeard) {
  if (pulse === null) return
  const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: pulse.dataset.zone || undefined })
  lostAt = isHeard ? undefined : (lostAt ?? Date.now())
  const time = document.createElement('time')
  time.dateTime = new Date(lostAt ?? Date.now()).toISOString()
  time.textContent = clock.format(lostAt ?? Date.now())
  pulse.replaceChildren(isHeard ? 'Listening ' : 'Connection lost ', time)
  pulse.classList.toggle('lost', !isHeard)
}

let askedAt = 0
let isAsking = false

async function look() {
  if (isAsking || document.hidden || !isLive()) return
  isAsking = true
  askedAt = Date.now()
  try {
    await refresh()
    beat(true)
  } catch {
    beat(false)
  }
  isAsking = false
}

function isLive() {
  return document.querySelector('[data-live]') !== null
}

let soonest

/** Soon, and not more often than each second. */
function lookSoon() {
  if (soonest !== undefined) return
  const wait = Math.max(SOON, askedAt + SECOND - Date.now())
  soonest = setTimeout(() => {
    soonest = undefined
    void look()
  }, wait)
}

const SOON = 150
/** What a page that shows a heartbeat alone hears of at once, and a board in its own time. */
const SIGNALS = ['signal', 'signals']
const OTHERS = [
  'reset',
  'heartbeat',
  'verdict',
  'incident',
  'storm',
  'page',
  'notice',
  'channel',
  'mute',
  'override',
  'drill',
  'blind',
]

let events

/** While nobody looks there is no stream: a browser has few connections to one gateway. Nor is there one for strangers. */
function listen() {
  if (document.hidden || !isLive() || document.body.dataset.csrf === undefined) {
    events?.close()
    events = undefined
    return
  }
  if (events !== undefined && events.readyState !== EventSource.CLOSED) return
  const of = document.querySelector('[data-of]')?.dataset.of
  events = new EventSource(of === undefined ? '/api/v1/events' : `/api/v1/events?heartbeat=${encodeURIComponent(of)}`)
  for (const kind of of === undefined ? OTHERS : [...OTHERS, ...SIGNALS]) events.addEventListener(kind, lookSoon)
}

/** Between looks that no event asked for: seldom while events come, often where something holds them up. */
function pause() {
  const seconds = document.querySelector('[data-live-every]')?.dataset.liveEvery
  if (events?.readyState === EventSource.OPEN) return 10 * SECOND
  return Number(seconds ?? '5') * SECOND
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy)?.textContent ?? ''
  const word = button.dataset.word ?? button.textContent
  button.dataset.word = word
  try {
    await navigator.clipboard.writeText(text)
    button.textContent = 'Copied'
  } catch {
    // Plain http has no clipboard: the text is selected, and the key does it.
    getSelection()?.selectAllChildren(document.getElementById(button.dataset.copy))
    button.textContent = 'Press Ctrl C'
  }
  setTimeout(() => {
    button.textContent = word
  }, 2 * SECOND)
}

document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-copy]')
  if (button) void copy(button)
})
document.addEventListener('change', async ({ target }) => {
  const field = document.getElementById(target.dataset?.into)
  if (field !== null && target.files?.[0] !== undefined) field.value = await target.files[0].text()
})
document.addEventListener('visibilitychange', () => {
  listen()
  void look()
})

count()
beat(true)
listen()
setInterval(() => {
  count()
  if (Date.now() - askedAt < pause()) return
  listen()
  void look()
}, SECOND)
