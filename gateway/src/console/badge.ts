// A badge: a label and a message in two boxes, as SVG without any font of its own, and the same for Shields.
import { type Html, html } from './html.ts'

export type Family = 'ok' | 'run' | 'warn' | 'crit' | 'mute'
export type Badge = { readonly label: string; readonly message: string; readonly family: Family }

/** As Shields asks for at an endpoint (`schemaVersion` 1). */
export function shieldsJson({ label, message, family }: Badge): object {
  return {
    schemaVersion: 1,
    label: within(label),
    message: within(message),
    color: COLOURS[family].slice(1),
    cacheSeconds: 60,
  }
}

export function badgeSvg({ label, message, family }: Badge): Html {
  const [left, right] = [within(label), within(message)]
  const [leftText, rightText] = [widthOf(left), widthOf(right)]
  const [leftBox, rightBox] = [leftText + 2 * PAD, rightText + 2 * PAD]
  const width = leftBox + rightBox
  const text = (x: number, length: number, words: string): Html =>
    html`<text x="${x}" y="14" textLength="${length}" lengthAdjust="spacingAndGlyphs">${words}</text>`
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" viewBox="0 0 ${width} 20" role="img" aria-label="${left}: ${right}"><title>${left}: ${right}</title><clipPath id="r"><rect width="${width}" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="${leftBox}" height="20" fill="#3a3936"/><rect x="${leftBox}" width="${rightBox}" height="20" fill="${COLOURS[family]}"/></g><g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">${text(PAD, leftText, left)}${text(leftBox + PAD, rightText, right)}</g></svg>`
}

/** In pixels, as Verdana at 11 px is wide; whatever font is there is stretched to it. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += WIDTHS.get(character) ?? (isWide(character) ? WIDE : USUAL)
  return Math.max(1, Math.round(width))
}

/** White on each is read at 4.5 to 1. */
const COLOURS: Readonly<Record<Family, string>> = {
  ...{ ok: '#0b766a', run: '#1f66ad', warn: '#8a5a00', crit: '#ab1f14', mute: '#69665e' },
}
const PAD = 6
const LONGEST = 60
const USUAL = 7
const WIDE = 12

const WIDTHS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    3.2: "ijl'",
    3.9: 'I.,:;| ',
    4.5: 'frt/\\-!()[]',
    5.8: 'csz_?*"',
    6.6: 'abdeghknopquvxyEFLPSTZ0123456789$',
    7.7: 'ABCDGHKNOQRUVXYwJ&',
    9.2: 'mMW%@+=<>~#…',
  }).flatMap(([width, characters]) => [...characters].map((character) => [character, Number(width)] as const)),
)

function within(text: string): string {
  const characters = [...text.toWellFormed()]
  return characters.length <= LONGEST ? characters.join('') : `${characters.slice(0, LONGEST - 1).join('')}…`
}

/** Of East Asia, and pictures. */
function isWide(character: string): boolean {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(
    character,
  )
}
