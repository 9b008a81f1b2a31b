import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Console, openReceiver, peopled, STARTING } from './console-stage.ts'
import { GatewayProcess, TOKEN } from './process.ts'

const receiver = await openReceiver()
const gateway = new GatewayProcess(peopled(receiver.url))
const console_ = new Console(gateway)
let reader = ''

beforeAll(async () => {
  await gateway.start({ OVERDUE_MQTT: 'off' })
  for (const name of ['hall-7/router', 'hall-7/pump', 'backup']) await console_.ping(`/hb/${name}`)
  const made = await fetch(`${gateway.url}/api/v1/tokens`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'wall', scope: 'read' }),
  })
  reader = ((await made.json()) as { token: string }).token
}, STARTING)
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  receiver.close()
}, STARTING)

describe('the page of an incident', () => {
  it('says what is wrong, whom it pages, what is fine around it', async () => {
    await console_.ping('/ping/hall-7%2Fpump/fail?msg=%3Cscript%3Ealert(1)%3C%2Fscript%3E')
    const id = await console_.incidentOf('hall-7/pump')
    await expect.poll(async () => (await console_.page(`/incidents/${id}`)).text).toContain('Delivered in')
    const { status, text } = await console_.page(`/incidents/${id}`)
    expect(status).toBe(200)
    expect(text).toContain('The other one in hall-7 is fine.')
    expect(text).toContain('Paged <b>ana</b> by push.')
    expect(text).toContain('Acknowledge, and nobody is paged again for 30\u00a0min.')
    expect(text).toContain('<a href="https://wiki.example.org/pump" rel="noreferrer">Runbook</a>')
    expect(text).toContain('&#60;script&#62;')
    expect(text).not.toContain('<script>alert')
  })

  it('is acknowledged, silenced and resolved by its buttons, each once', async () => {
    const id = await console_.incidentOf('hall-7/pump')
    const back = `/incidents/${id}`
    expect(await console_.post(`${back}/acknowledge`)).toMatchObject({ status: 303, location: back })
    expect((await console_.page(back)).text).toContain('acknowledged by admin at')
    const again = await console_.post(`${back}/acknowledge`)
    expect(again.status).toBe(409)
    expect(again.text).toContain('It is in that state already')
    expect(await console_.post(`${back}/silence`, { note: 'we know' })).toMatchObject({ status: 303, location: back })
    expect((await console_.page('/silences')).text).toContain('name hall-7/pump')
    expect(await console_.post(`${back}/resolve`)).toMatchObject({ status: 303 })
    const { text } = await console_.page(back)
    expect(text).toContain('resolved by admin')
    expect(text).not.toContain('<form class="acts bar"')
    expect((await console_.post(`${back}/silence`)).status).toBe(409)
  })

  it('makes no link of a runbook that is none', async () => {
    await console_.ping('/ping/backup/fail')
    const { text } = await console_.page(`/incidents/${await console_.incidentOf('backup')}`)
    expect(text).toContain('Runbook: javascript:alert(1)')
    expect(text).not.toContain('href="javascript:')
  })

  it('has no buttons for whoever may only look, and takes no form of theirs', async () => {
    const id = await console_.incidentOf('backup')
    const guest = new Console(gateway)
    guest.token = reader
    for (const path of [`/incidents/${id}`, '/silences', '/channels', '/devices', '/oncall', '/audit']) {
      const { status, text } = await guest.page(path)
      expect([path, status]).toEqual([path, 200])
      expect([path, /<form[^>]*method="post"/.test(text)]).toEqual([path, false])
    }
    for (const path of [
      `/incidents/${id}/acknowledge`,
      '/silences',
      '/channels/push/test',
      '/oncall/overrides',
      '/audit',
    ])
      expect([path, (await guest.post(path, { all: '1', for: '1h' })).status]).toEqual([path, 403])
    expect((await guest.page('/tokens')).status).toBe(403)
  })

  it('is not found by an id that is none, nor shown to whoever is not signed in', async () => {
    expect((await console_.page('/incidents/inc-none')).status).toBe(404)
    expect((await console_.post('/incidents/inc-none/resolve')).status).toBe(404)
    const stranger = new Console(gateway)
    stranger.token = 'ovd_nobody'
    expect(await stranger.page('/incidents')).toMatchObject({ status: 303, location: '/sign-in?next=%2Fincidents' })
  })

  it('stands in the list, open or not', async () => {
    const open = (await console_.page('/incidents')).text
    expect(open).toContain('1 incident is open')
    expect(open).not.toContain('hall-7/pump')
    expect((await console_.page('/incidents?state=all')).text).toContain('hall-7/pump')
  })
})
