// What is shown of command lines: without the secrets that stand in them, and without characters that do something to
// a terminal. Masking is for showing only; a patch has its lines as they are.

/** The text with what looks like a secret as `***`; its head, where it is very long. */
export function masked(text: string): string {
  let shown = text.length > MOST_MASKED ? `${text.slice(0, MOST_MASKED)}…` : text
  for (const [pattern, replacement] of SECRETS) shown = shown.replaceAll(pattern, replacement)
  return shown
}

/** One line in which every control, format and separator character is written out: `\u001b`. */
export function escaped(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => {
    const code = (character.codePointAt(0) as number).toString(16)
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\u{${code}}`
  })
}

/** For people: masked, on one line, no longer than `length`. */
export function shown(text: string, length: number = LONGEST): string {
  const line = escaped(
    masked(text)
      .replaceAll(/[\t\r\n ]+/g, ' ')
      .trim(),
  )
  return line.length > length ? `${line.slice(0, length - 1).replace(/\p{Surrogate}$/u, '')}…` : line
}

const LONGEST = 200
/** No pattern takes long on so much. */
const MOST_MASKED = 4_000
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu

const QUOTED = `"[^"]*"|'[^']*'|[^\\s"';|&)]+`
const WORD = '(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|api[-_]?key|access[-_]?key|private[-_]?key|auth)'

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // https://user:password@host
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@:"']*:[^\s/@"']+@/gi, '$1***@'],
  // PGPASSWORD=…, --password=…, ?token=…, api_key: …
  [new RegExp(`((?:[\\w-]*${WORD})(?:=|:\\s?))(?:${QUOTED})`, 'gi'), '$1***'],
  // --password …
  [new RegExp(`(\\s--?[\\w-]*${WORD}\\s+)(?!-)(?:${QUOTED})`, 'gi'), '$1***'],
  // mysqldump -p…, sshpass -p …
  [/(\b(?:mysql\w*|mariadb[\w-]*|xtrabackup|mongo\w*|ldap\w+)\b[^|;&]*?\s-p)[^\s"'-][^\s]*/gi, '$1***'],
  [/(\bsshpass\s+-p\s*)("[^"]*"|'[^']*'|\S+)/gi, '$1***'],
  // curl -u user:password
  [/(\s(?:-u|--user|--proxy-user)[ =]?)(["']?)[^\s:"']+:[^\s"']+\2/g, '$1***'],
  // Authorization: Bearer …
  [/\b(Bearer|Basic|Token)\s+[A-Za-z0-9._~+/=-]{6,}/g, '$1 ***'],
  // The secret part of the addresses that a ping or a chat goes to.
  [/(https?:\/\/[^\s"']*?\/)[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}/gi, '$1***'],
  [/(\/api\/push\/)[A-Za-z0-9]+/g, '$1***'],
  [/(hooks\.slack\.com\/(?:services|workflows)\/|discord(?:app)?\.com\/api\/webhooks\/)[^\s"']+/g, '$1***'],
  [/((?:cronitor\.(?:link|io)|nosnch\.in|betterstack\.com\/api\/v\d\/heartbeat|checklyhq\.com)\/)[^\s"'?]+/g, '$1***'],
  [/(https?:\/\/[^\s"']*?\/)[A-Za-z0-9_-]{22}(?=[\s/"'?]|$)/g, '$1***'],
  // Keys that say what they are.
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}\b|\bovd_[A-Za-z0-9_-]+|\bxox[abprs]-[\w-]+/g, '***'],
]
