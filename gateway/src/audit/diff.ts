// Unified diffs of single lines, as `patch -p1` and `git apply` take them.

/** Lines by their number, from 1 on. */
export type Changes = ReadonlyMap<number, string>

/** Three lines around each change; changes that are near share a hunk. */
export function* diffLines(file: string, text: string, changes: Changes): Iterable<string> {
  const lines = text.split('\n')
  const isClosed = lines.at(-1) === ''
  if (isClosed) lines.pop()
  const numbers = [...changes.keys()].sort((a, b) => a - b)
  if (numbers.length === 0) return
  yield `--- ${pathOf('a', file)}`
  yield `+++ ${pathOf('b', file)}`
  for (const [first, last] of hunks(numbers, lines.length)) {
    const size = last - first + 1
    yield `@@ -${first},${size} +${first},${size} @@`
    for (let number = first; number <= last; ) {
      const run: number[] = []
      for (; changes.has(number); number++) run.push(number)
      for (const changed of run) yield* marked('-', lines[changed - 1] as string, changed === lines.length && !isClosed)
      for (const changed of run)
        yield* marked('+', changes.get(changed) as string, changed === lines.length && !isClosed)
      if (run.length > 0) continue
      yield* marked(' ', lines[number - 1] as string, number === lines.length && !isClosed)
      number++
    }
  }
}

/** A file that is not there yet; `text` ends in a newline. */
export function* newFileLines(file: string, text: string): Iterable<string> {
  const lines = text.split('\n').slice(0, -1)
  yield '--- /dev/null'
  yield `+++ ${pathOf('b', file)}`
  yield `@@ -0,0 +1,${lines.length} @@`
  for (const line of lines) yield `+${line}`
}

const AROUND = 3

function* hunks(numbers: readonly number[], count: number): Iterable<readonly [number, number]> {
  let [first, last] = [0, 0]
  for (const number of numbers) {
    const from = Math.max(1, number - AROUND)
    if (last > 0 && from > last + 1) yield [first, last]
    if (last === 0 || from > last + 1) first = from
    last = Math.min(count, number + AROUND)
  }
  yield [first, last]
}

function* marked(mark: string, line: string, isUnclosed: boolean): Iterable<string> {
  yield `${mark}${line}`
  if (isUnclosed) yield '\\ No newline at end of file'
}

/** A blank would end the name before its end for patch, which a tab behind it prevents. */
function pathOf(side: string, file: string): string {
  const path = `${side}/${file.replace(/^\/+/, '')}`
  return path.includes(' ') ? `${path}\t` : path
}
