// The lines by which a device says who it is: each whole, with the real address and token, quoted for a shell.
import { JSON_HEADER, mosquittoLine, shell } from './paste-lines.ts'
import type { ConsoleWorld } from './world.ts'

export type Line = { readonly id: string; readonly label: string; readonly text: string }

/** With a token of its own, or with an enrolment token that lets it in. */
export function deviceLines(world: ConsoleWorld, device: string, token: string): readonly Line[] {
  const mqtt = mqttOf(world)
  if (mqtt === undefined) return []
  return [{ id: 'mqtt', label: 'Over MQTT', text: mosquittoLine(mqtt, device, token, `${device} -n`) }]
}

export function bearerLine({ live }: ConsoleWorld, device: string, token: string): Line {
  const header = shell(`Authorization: Bearer ${token}`)
  return { id: 'http', label: 'Over HTTP', text: `curl -fsS -m 10 -H ${header} ${shell(`${live.url}/hb/${device}`)}` }
}

export function enrolLine({ live }: ConsoleWorld, device: string, token: string): Line {
  const header = shell(`Authorization: Bearer ${token}`)
  const body = shell(JSON.stringify({ device }))
  const address = shell(`${live.url}/api/v1/devices/enrol`)
  return {
    id: 'enrol',
    label: 'For a token of its own',
    text: `curl -fsS -H ${header} -H ${JSON_HEADER} \\\n  -d ${body} ${address}`,
  }
}

function mqttOf({ mqttPort, live }: ConsoleWorld): { readonly host: string; readonly port: number } | undefined {
  const port = mqttPort()
  return port === undefined ? undefined : { host: new URL(live.url).hostname, port }
}
