// Starts the yardsticks, which are the bare servers beside this file and mosquitto where it is installed, and the sinks.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, type ServerProcess, startServer } from '../child-processes.ts'

export function startBareFastify(folder: string): Promise<ServerProcess> {
  return startScript('bare-fastify.ts', folder)
}

export function startBareAedes(folder: string): Promise<ServerProcess> {
  return startScript('bare-aedes.ts', folder)
}

/** Where webhooks go. */
export function startSink(folder: string): Promise<ServerProcess> {
  return startScript('sink.ts', folder)
}

/** Where time series go; on `port` where it was before. */
export function startSeriesSink(folder: string, port?: number): Promise<ServerProcess> {
  return startScript('series-sink.ts', folder, port)
}

/** The path of the mosquitto broker, or undefined where there is none. */
export function findMosquitto(): string | undefined {
  return findCommand('mosquitto')
}

export function findCommand(command: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path))
}

export async function startMosquitto(path: string, folder: string): Promise<ServerProcess> {
  const port = await freePort()
  const config = join(folder, 'mosquitto.conf')
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence false',
    'max_inflight_messages 0',
    'log_type error',
    'log_dest stderr',
  ]
  writeFileSync(config, `${lines.join('\n')}\n`)
  return startServer({ command: path, args: ['-c', config], port, log: join(folder, 'mosquitto.log') })
}

async function startScript(name: string, folder: string, known?: number): Promise<ServerProcess> {
  const port = known ?? (await freePort())
  const script = new URL(name, import.meta.url).pathname
  return startServer({
    command: process.execPath,
    args: [script, String(port)],
    port,
    log: join(folder, `${name}.log`),
  })
}
