// What a reload leaves as it was.
import { formatAddress } from './literals.ts'
import type { Address, Settings } from './settings.ts'

/** The keys whose new values take effect at the next start, and not before. */
export function restartNeeded(before: Settings, after: Settings): readonly string[] {
  const texts = (settings: Settings): Readonly<Record<string, string>> => ({
    'listen.http': address(settings.http),
    'listen.mqtt': address(settings.mqtt),
    data: settings.data,
    'bodies.keep': String(settings.bodiesKeep),
  })
  const old = texts(before)
  return Object.entries(texts(after)).flatMap(([key, text]) => (old[key] === text ? [] : [key]))
}

function address(of: Address | 'off'): string {
  return of === 'off' ? of : formatAddress(of)
}
