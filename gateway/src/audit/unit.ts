// The text of systemd units: sections, keys that may stand several times, drop-ins that add to them or empty them.

export type Setting = { readonly value: string; readonly line: number; readonly file: string }

/** `Timer.OnCalendar` leads to all its values, in the order in which systemd reads them. */
export type Unit = ReadonlyMap<string, readonly Setting[]>

export type UnitText = { readonly file: string; readonly text: string }

/** The unit and its drop-ins, in the order in which they count. */
export function readUnit(texts: readonly UnitText[]): Unit {
  const unit = new Map<string, Setting[]>()
  for (const { file, text } of texts) {
    let section = ''
    for (const { line, text: written } of joined(text)) {
      const header = /^\[(.+)\]\s*$/.exec(written)?.[1]
      if (header !== undefined) section = header
      const [, key, value = ''] = /^([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(written) ?? []
      if (header !== undefined || key === undefined) continue
      const path = `${section}.${key}`
      if (value === '') unit.set(path, [])
      else unit.set(path, [...(unit.get(path) ?? []), { value, line, file }])
    }
  }
  return unit
}

export function valuesOf(unit: Unit, path: string): readonly string[] {
  return (unit.get(path) ?? []).map(({ value }) => value)
}

/** The last one counts. */
export function lastOf(unit: Unit, path: string): string | undefined {
  return unit.get(path)?.at(-1)?.value
}

export function isTrue(value: string | undefined): boolean {
  return /^(?:1|yes|y|true|t|on)$/i.test(value ?? '')
}

/** Lines that end in a backslash go on in the next; comments may stand between them. */
function* joined(text: string): Iterable<{ readonly line: number; readonly text: string }> {
  let begun: { line: number; text: string } | undefined
  for (const [index, whole] of text.split('\n').entries()) {
    const written = whole.replace(/\r$/, '')
    if (/^\s*[#;]/.test(written)) continue
    const line: { line: number; text: string } = begun ?? { line: index + 1, text: '' }
    const goesOn = written.endsWith('\\')
    const more = begun === undefined ? written : written.trimStart()
    line.text += goesOn ? `${more.slice(0, -1).trimEnd()} ` : more
    begun = goesOn ? line : undefined
    if (!goesOn) yield { line: line.line, text: line.text.trim() }
  }
  if (begun !== undefined) yield { line: begun.line, text: begun.text.trim() }
}
