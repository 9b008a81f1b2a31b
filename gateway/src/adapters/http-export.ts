// The part of the API that gives the configuration as a file: what the file says, and what was made besides.
import { readFile } from 'node:fs/promises'
import { type Checked, isWrong } from '../domain/problem.ts'
import type { Answer, Route } from './http-route.ts'

export type ExportWorld = {
  /** Path of the file, read anew for each request; empty: there is none. */
  readonly live: { readonly file: string }
  /** The text of the file and what was made besides, as one. */
  exported(text: string): Checked<string>
}

export function exportRoutes({ live, exported }: ExportWorld): readonly Route[] {
  return [
    {
      // The file may hold secrets.
      ...{ method: 'GET', path: '/api/v1/export', for: 'admin' },
      docs: { summary: 'The file, with what was made over the API besides', type: 'application/yaml' },
      async answer(): Promise<Answer> {
        const text = live.file === '' ? '' : await readFile(live.file, 'utf8').catch(() => undefined)
        const whole = text === undefined ? UNREADABLE : exported(text)
        if (!isWrong(whole)) return { status: 200, text: whole.value, type: 'application/yaml; charset=utf-8' }
        return { problem: 'file-broken', flaws: whole.problems }
      },
    },
  ]
}

const UNREADABLE: Checked<string> = { problems: [{ path: 'file', expected: 'one that can be read', found: 'another' }] }
