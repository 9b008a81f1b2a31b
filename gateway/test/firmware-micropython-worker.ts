// MicroPython in a thread of its own. Its `socket` waits for what the main thread does with a real one.
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'

type Interpreter = {
  readonly FS: { writeFile(path: string, text: string): void }
  registerJsModule(name: string, module: object): void
  runPython(text: string): unknown
}

const { module, files, port, bell } = workerData as {
  readonly module: string
  readonly files: Readonly<Record<string, string>>
  readonly port: MessagePort
  /** Rung when an answer is in the port. */
  readonly bell: Int32Array<SharedArrayBuffer>
}

/** Bytes are hexadecimal on the way; an answer that begins with "!" is an error. */
function ask(...request: readonly unknown[]): string {
  Atomics.store(bell, 0, 0)
  port.postMessage(request)
  Atomics.wait(bell, 0, 0)
  return receiveMessageOnPort(port)?.message as string
}

const { loadMicroPython } = (await import(module)) as { loadMicroPython(options: object): Promise<Interpreter> }
const lines: string[] = []
const micropython = await loadMicroPython({ stdout: (line: string) => lines.push(line), linebuffer: true })
micropython.registerJsModule('wire', {
  open: (host: string, to: number) => ask('open', host, to),
  send: (hex: string) => ask('send', hex),
  recv: (length: number) => ask('recv', length),
  close: () => ask('close'),
})
for (const [path, text] of Object.entries(files)) micropython.FS.writeFile(path, text)
micropython.runPython(`
import sys
sys.path.insert(0, '')
try:
    exec(open('main.py').read(), {'__name__': '__main__'})
except SystemExit as end:
    print('exit', end.args[0])
`)
parentPort?.postMessage(lines.join('\n'))
