// What is written of a broker: its URL, its topics and their filters. Pure.

/** Undefined where it is none, or says who connects. */
export function parseBrokerUrl(text: string): { readonly host: string } | undefined {
  if (/\s/.test(text)) return undefined
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '' || url.hostname === '')
    return undefined
  const isWeb = url.protocol === 'ws:' || url.protocol === 'wss:'
  if (!isWeb && url.protocol !== 'mqtt:' && url.protocol !== 'mqtts:') return undefined
  // What a WebSocket's address carries besides its path may be a secret.
  return url.search !== '' || (!isWeb && !/^\/?$/.test(url.pathname)) ? undefined : { host: url.host }
}

export function isPlainTopic(topic: string, longest: number): boolean {
  return topic.length <= longest && /^[^+#$/\p{Cc}\s][^+#\p{Cc}]*$/u.test(topic) && !/\/(?:\/|$)/.test(topic)
}

/** Wildcards are whole levels, `#` the last; shared subscriptions are made from it, so it is none. */
export function isPlainFilter(filter: string): boolean {
  if (filter.length > 128 || filter.startsWith('$') || /\p{Cc}/u.test(filter)) return false
  const levels = filter.split('/')
  return filter !== '' && levels.every((level, index) => isLevel(level, index === levels.length - 1))
}

function isLevel(level: string, isLast: boolean): boolean {
  return level === '+' || (level === '#' && isLast) || !/[+#]/.test(level)
}
