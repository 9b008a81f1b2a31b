// What a page does while it is open: times go on, and parts that say so are fetched again when something happened.
//   <time data-count="until|ago|for" datetime="…">   counted each second
//   <… data-on="verdict incident" data-from="/board">  replaced by the same element of that page after such an event
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

function count() {
  for (const time of document.querySelectorAll('time[data-count]')) {
    const text = WORDS[time.dataset.count](Date.parse(time.dateTime) - Date.now())
    if (time.textContent !== text) time.textContent = text
  }
}

count()
setInterval(count, SECOND)
