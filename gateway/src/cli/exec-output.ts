// The command's output on its way: through pipes to where exec's own goes, every byte as it is, its last ones kept.
// What is not kept does not pass here at all: the command has exec's own streams then.
import { spawnSync } from 'node:child_process'
import { closeSync, constants, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isatty } from 'node:tty'
import type { Job } from './exec-args.ts'
import { Pump } from './exec-pump.ts'
import { Tail } from './exec-tail.ts'

export type Output = {
  /** For the command's own standard output and error. */
  readonly streams: readonly [out: 'inherit' | number, error: 'inherit' | number]
  /** The command has its streams, or will never. */
  begin(): void
  /** Resolves when all that the command wrote is written; what goes on to write in its background is not waited for. */
  end(): Promise<void>
  last(most: number): Uint8Array
}

export function openOutput({ output, tail: size }: Pick<Job, 'output' | 'tail'>): Output {
  const tail = new Tail(size)
  const kept = size === 0 || output === 'untouched' ? [] : [1, 2].filter((fd) => output === 'kept' || !isatty(fd))
  // Both into one file, or one pipe: then also here, which alone keeps their order.
  const isOne = kept.length === 2 && isSame(1, 2)
  const pipes = makePipes(isOne ? 1 : kept.length)
  const pumps: Pump[] = []
  const pipeOf = (fd: number): Pipe | undefined => (kept.includes(fd) ? pipes[isOne ? 0 : kept.indexOf(fd)] : undefined)
  return {
    streams: [pipeOf(1)?.write ?? 'inherit', pipeOf(2)?.write ?? 'inherit'],
    begin() {
      for (const pipe of pipes) closeSync(pipe.write)
      pipes.forEach((pipe, index) => void pumps.push(new Pump(pipe.read, kept[index] as number, tail)))
    },
    end: async () => void (await Promise.all(pumps.map((pump) => pump.end()))),
    last: (most) => tail.last(most),
  }
}

type Pipe = { readonly read: number; readonly write: number }

/**
 * Pipes as a shell makes them. What Node gives a child are sockets, which no `> /dev/stderr` can open. None where
 * they can't be made: the command runs all the same.
 */
function makePipes(count: number): readonly Pipe[] {
  if (count === 0) return []
  let folder: string | undefined
  try {
    folder = mkdtempSync(join(tmpdir(), 'overdue-'))
    const paths = Array.from({ length: count }, (_, index) => join(folder as string, String(index)))
    if (spawnSync('mkfifo', ['-m', '600', ...paths]).status !== 0) return []
    return paths.map((path) => ({
      // This end first, and at once: the other would wait for it.
      read: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
      write: openSync(path, constants.O_WRONLY),
    }))
  } catch {
    return []
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}

function isSame(a: number, b: number): boolean {
  const [one, other] = [fstatSync(a), fstatSync(b)]
  return one.dev === other.dev && one.ino === other.ino
}
