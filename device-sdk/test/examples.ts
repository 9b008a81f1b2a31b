// The examples of the doc comments as one script, and what the gateway hears of it.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = join(import.meta.dirname, '../src')

export type Example = {
  /** The function or method that it is an example of. */
  readonly of: string
  readonly code: string
}

export function examples(): readonly Example[] {
  return commented().flatMap(({ of, comment }) =>
    comment
      .split(/^@example\n/m)
      .slice(1)
      .map((text) => ({ of, code: text.split(/^@\w/m)[0]?.trim() ?? '' })),
  )
}

/** `nightly-backup hears: start, ok` of all examples together. */
export function hearings(): Readonly<Record<string, readonly string[]>> {
  const heard: Record<string, string[]> = {}
  for (const { code } of examples())
    for (const [, name = '', kinds = ''] of code.matchAll(/\/\/ (\S+) hears: (.*)$/gm))
      heard[name] = [...(heard[name] ?? []), ...kinds.split(', ')]
  return heard
}

/** Runs each example to its end, and delivers its signals before the next. */
export function script(): string {
  const blocks = examples().map(({ of, code }) => `// ${of}\n{\n${checked(code)}\n}\nawait settled()`)
  return `import { deepStrictEqual } from 'node:assert'
import * as sdk from '@overdue/device-sdk'
import { busy, Worker } from 'bullmq'
import fastify from 'fastify'
import cron from 'node-cron'
const { followTask, followWorker, healthHandler, isName, nameProblem } = sdk
const made = []
function heartbeat(name, options) {
  const one = sdk.heartbeat(name, { onProblem: (problem) => console.error(problem), ...options })
  made.push(one)
  return one
}
async function settled() {
  await Promise.all(busy.splice(0))
  for (const one of made.splice(0)) deepStrictEqual(await one.flush(), true)
}
${blocks.join('\n')}
`
}

/** `call() // value` is held to be so. */
function checked(code: string): string {
  return code.replace(/^(\w+\(.*\)) \/\/ (?!.*hears: )(.*)$/gm, 'deepStrictEqual($1, $2)')
}

type Commented = { readonly of: string; readonly comment: string }

/** Functions and methods with a doc comment in the files that the index hands on. */
function commented(): readonly Commented[] {
  return publicFiles().flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return [...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n *(?:export )?(?:async )?(?:function )?(\w+)[(<]/g)].map(
      ([, comment = '', of = '']) => ({ of, comment: comment.replace(/^ *\* ?/gm, '') }),
    )
  })
}

function publicFiles(): readonly string[] {
  const index = readFileSync(join(SOURCES, 'index.ts'), 'utf8')
  const handedOn = [...index.matchAll(/from '\.\/(.+)'/g)].map(([, file]) => file as string)
  return globSync(`{${handedOn.join(',')}}`, { cwd: SOURCES }).map((file) => join(SOURCES, file))
}
