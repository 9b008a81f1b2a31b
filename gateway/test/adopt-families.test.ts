// What each family's documented messages mean. The payloads are those of the projects' own pages, named beside them.
import { describe, expect, it } from 'vitest'
import { adopting, NOON } from './adopt-stage.ts'

type Row = readonly [topic: string, payload: string, heard: string | undefined]

/** Each row by itself, with every name of the table known. */
function table(rule: string, rows: readonly Row[]): void {
  const names = rows.flatMap(([, , heard]) => heard?.split(' ').map((one) => one.split(':')[1] ?? '') ?? [])
  it.each(rows)('%s %s', (topic, payload, heard) => {
    expect(adopting(rule, names).hear(topic, payload)).toBe(heard)
  })
}

// https://tasmota.github.io/docs/MQTT/ and the STATE of https://tasmota.github.io/docs/Commands/#teleperiod
const STATE =
  '{"Time":"2024-02-24T22:20:38","Uptime":"0T00:10:11","UptimeSec":611,"Heap":25,"SleepMode":"Dynamic","Sleep":50,"LoadAvg":19,"MqttCount":1,"POWER":"ON","Wifi":{"AP":1,"SSId":"x","RSSI":100,"Signal":-46}}'

describe('Tasmota', () => {
  table('- { as: tasmota }', [
    ['tele/plug/STATE', STATE, 'ok:plug'],
    ['tele/plug/LWT', 'Online', 'ok:plug'],
    ['tele/plug/LWT', 'Offline', 'will:plug'],
    ['tele/plug/LWT', '', 'nothing'],
    ['tele/Plug 1/STATE', '{"Time":', 'ok:Plug-1'],
    ['tele/plug/SENSOR', '{}', undefined],
    ['stat/plug/RESULT', '{"POWER":"ON"}', undefined],
    ['tele/plug', 'Online', undefined],
  ])

  it('tells when the device started, once for each start, however its clock drifts', () => {
    const stage = adopting('- { as: tasmota }', ['plug'])
    const bootAfter = (minutes: number, upS: number, key = 'UptimeSec') => {
      const value = key === 'Uptime' ? `"0T00:${String(upS / 60).padStart(2, '0')}:00"` : upS
      stage.hear('tele/plug/STATE', `{"${key}":${value}}`, { receivedAt: NOON + minutes * 60_000 })
      return stage.last()?.signal.boot
    }
    const first = NOON / 1000 - 600
    expect(bootAfter(0, 600)).toBe(first)
    expect(bootAfter(5, 895)).toBe(first)
    for (let minutes = 10; minutes < 1_000; minutes += 5) expect(bootAfter(minutes, 600 + minutes * 59)).toBe(first)
    expect(bootAfter(1_005, 10)).toBe(NOON / 1000 + 1_005 * 60 - 10)
    expect(bootAfter(1_010, 300, 'Uptime')).toBe(NOON / 1000 + 1_005 * 60 - 10)
  })

  it('that it started long ago is no new start to a gateway that has just started itself', () => {
    const boot = NOON / 1000 - 86_400
    const after = (upS: number, told: number) => {
      const stage = adopting('- { as: tasmota }', ['plug'])
      stage.boots.set('plug', told)
      stage.hear('tele/plug/STATE', `{"UptimeSec":${upS}}`)
      return stage.last()?.signal.boot
    }
    expect(after(86_400 - 4, boot)).toBe(boot)
    expect(after(86_400 + 300, boot)).toBe(boot)
    expect(after(3_600, boot)).toBe(NOON / 1000 - 3_600)
    expect(after(3_600, 0)).toBe(NOON / 1000 - 3_600)
  })

  it('hears topics in another order, too, and no orders', () => {
    const stage = adopting('- { as: tasmota, topic: ["+/tele/+", "+/cmnd/+"], name: "$1" }', ['plug'])
    expect(stage.hear('plug/tele/SENSOR', '{"ENERGY":{"Power":12}}')).toBe('ok:plug')
    expect(stage.hear('plug/tele/LWT', 'Offline')).toBe('will:plug')
    expect(stage.hear('plug/cmnd/POWER', 'ON')).toBe('nothing')
  })
})

// https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html
describe('Zigbee2MQTT', () => {
  table('- { as: zigbee2mqtt }', [
    ['zigbee2mqtt/bridge/state', '{"state":"online"}', 'ok:zigbee2mqtt'],
    ['zigbee2mqtt/bridge/state', '{"state":"offline"}', 'will:zigbee2mqtt'],
    ['zigbee2mqtt/bridge/state', 'offline', 'will:zigbee2mqtt'],
    ['zigbee2mqtt/bridge/health', '{"response_time":1736,"process":{"uptime_sec":9}}', 'ok:zigbee2mqtt'],
    ['zigbee2mqtt/bridge/devices', '[{"ieee_address":"0x00158d0001dc126a"}]', 'nothing'],
    ['zigbee2mqtt/bridge/request/permit_join', '{"time":254}', 'nothing'],
    ['zigbee2mqtt/lamp/availability', '{"state":"online"}', 'ok:zigbee2mqtt/lamp'],
    ['zigbee2mqtt/lamp/availability', 'online', 'ok:zigbee2mqtt/lamp'],
    ['zigbee2mqtt/lamp/availability', '{"state":"offline"}', 'will:zigbee2mqtt/lamp'],
    ['zigbee2mqtt/0x00158d0001dc126a', '{"temperature":27.34,"humidity":44.72}', 'ok:zigbee2mqtt/0x00158d0001dc126a'],
    ['zigbee2mqtt/Floor light', '{"state":"OFF","brightness":215}', 'ok:zigbee2mqtt/Floor-light'],
    ['zigbee2mqtt/kitchen/floor_light', '{"state":"ON"}', 'ok:zigbee2mqtt/kitchen-floor_light'],
    ['zigbee2mqtt/kitchen/floor_light/availability', '{"state":"online"}', 'ok:zigbee2mqtt/kitchen-floor_light'],
    ['zigbee2mqtt/Küchentür', '{"contact":true}', 'ok:zigbee2mqtt/Kuchentur'],
    ['zigbee2mqtt/7', '{"action":"single"}', 'ok:zigbee2mqtt-7'],
    ['zigbee2mqtt/лампа', '{"state":"ON"}', 'invalid'],
    ['zigbee2mqtt/lamp', '', 'nothing'],
    ['zigbee2mqtt/lamp/brightness', '215', 'nothing'],
    ['zigbee2mqtt/lamp/set', '{"state":"ON"}', 'nothing'],
    ['zigbee2mqtt/lamp/set/state', 'ON', 'nothing'],
    ['zigbee2mqtt/lamp/get', '{"state":""}', 'nothing'],
    ['zigbee2mqtt', 'x', undefined],
  ])

  it('what a bridge tells again at its start keeps the time at which the device was seen', () => {
    const stage = adopting('- { as: zigbee2mqtt, name: "$1" }', ['hall/lamp'])
    const seen = (lastSeen: string) => {
      stage.hear('zigbee2mqtt/hall/lamp', `{"battery":97,"linkquality":120,"last_seen":${lastSeen}}`)
      return stage.last()?.signal
    }
    expect(seen('"2026-11-26T09:00:00+00:00"')).toMatchObject({ at: NOON - 3 * 3_600_000, receivedAt: NOON })
    expect(seen('"2026-11-26T11:00:00.250+02:00"')?.at).toBe(NOON - 3 * 3_600_000 + 250)
    expect(seen(String(NOON - 60_000))?.at).toBe(NOON - 60_000)
    expect(seen('"2001-01-01T00:00:00Z"')?.at).toBe(NOON - 7 * 86_400_000)
    expect(seen('"N/A"')).toMatchObject({ at: NOON, metrics: { battery: 97, linkquality: 120 } })
  })

  it('devices have their bridge as parent, which has none', () => {
    const stage = adopting('- { as: zigbee2mqtt, root: home/z2m, group: hall }')
    stage.hear('home/z2m/lamp', '{"state":"ON"}')
    stage.hear('home/z2m/bridge/state', '{"state":"online"}')
    expect(stage.newcomers).toMatchObject([
      { name: 'home/z2m-lamp', terms: { parent: 'home/z2m', group: 'hall' } },
      { name: 'home/z2m', terms: { parent: '', group: 'hall' } },
    ])
  })
})

// https://esphome.io/components/mqtt: birth and will messages, default topics of components
describe('ESPHome', () => {
  table('- { as: esphome, topic: "home/+/#" }', [
    ['home/porch/status', 'online', 'ok:porch'],
    ['home/porch/status', 'offline', 'will:porch'],
    ['home/porch/sensor/temperature/state', '21.5', 'ok:porch'],
    ['home/porch/debug', '[I][app:102]', 'nothing'],
    ['home/porch/switch/relay/command', 'ON', 'nothing'],
    ['home/porch/status', '', 'nothing'],
  ])
})

// https://www.home-assistant.io/integrations/mqtt/#availability_topic and the defaults of payload_available
describe('Home Assistant', () => {
  table('- { as: homeassistant, topic: "+/+/availability", name: "$2" }', [
    ['home/boiler/availability', 'online', 'ok:boiler'],
    ['home/boiler/availability', 'offline', 'will:boiler'],
    ['home/boiler/availability', '{"state": "online"}', 'ok:boiler'],
    ['home/boiler/availability', 'unknown', 'nothing'],
  ])

  it('words are those of payload_available, where they differ', () => {
    const rule =
      '- { as: homeassistant, topic: "+/LWT", online: [Connected], offline: ["Connection lost"], failed: [error] }'
    const stage = adopting(rule, ['ebus'])
    expect(stage.hear('ebus/LWT', 'connected')).toBe('ok:ebus')
    expect(stage.hear('ebus/LWT', 'Connection Lost')).toBe('will:ebus')
    expect(stage.hear('ebus/LWT', 'error')).toBe('fail:ebus')
    expect(stage.hear('ebus/LWT', 'online')).toBe('nothing')
  })
})

// https://homieiot.github.io/specification/spec-core-v4_0_0/#device-lifecycle and spec-core-v5_0_0
describe('Homie', () => {
  table('- { as: homie }', [
    ['homie/super-car/$state', 'init', 'ok:super-car'],
    ['homie/super-car/$state', 'ready', 'ok:super-car'],
    ['homie/super-car/$state', 'disconnected', 'bye:super-car'],
    ['homie/super-car/$state', 'sleeping', 'bye:super-car'],
    ['homie/super-car/$state', 'lost', 'will:super-car'],
    ['homie/super-car/$state', 'alert', 'fail:super-car'],
    ['homie/super-car/$state', '', 'bye:super-car'],
    ['homie/5/super-car/$state', 'ready', 'ok:super-car'],
    ['homie/5/super-car/$state', 'lost', 'will:super-car'],
    ['homie/5/super-car/engine/temperature', '21.5', 'ok:super-car'],
    ['homie/5/super-car/engine/temperature/set', '20', 'nothing'],
    ['homie/5/super-car/$description', '{"homie":"5.0"}', 'nothing'],
    ['homie/5/$broadcast/alert', 'fire', 'nothing'],
    ['homie/super-car/engine/temperature', '21.5', 'ok:super-car'],
    ['homie/super-car/engine/$name', 'Car engine', 'nothing'],
    ['homie/super-car/$stats/uptime', '120', 'ok:super-car'],
  ])

  it('an alert stands until the device says another word, whatever its sensors tell', () => {
    const stage = adopting('- { as: homie, sleep: 12h }', ['car'])
    const heard = (attribute: string, payload: string) => stage.hear(`homie/car/${attribute}`, payload)
    expect(heard('$state', 'alert')).toBe('fail:car')
    expect(heard('engine/temperature', '99')).toBe('fail:car')
    expect(stage.last()?.signal.message).toBe('alert')
    expect(heard('$state', 'ready')).toBe('ok:car')
    expect(heard('engine/temperature', '60')).toBe('ok:car')
    expect(heard('$state', 'sleeping')).toBe('bye:car')
    expect(stage.last()?.signal).toMatchObject({ next: 43_200_000, message: 'sleeping' })
  })
})

// https://shelly-api-docs.shelly.cloud/gen1/#mqtt-support and https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/Mqtt
describe('Shelly', () => {
  const NOTIFY =
    '{"src":"shellyplus1-a8032abe54dc","dst":"shellyplus1-a8032abe54dc/events","method":"NotifyStatus","params":{"ts":1631186545.04,"switch:0":{"id":0,"output":true}}}'
  table('- { as: shelly }', [
    ['shellies/shelly1-B929CC/online', 'true', 'ok:shelly1-B929CC'],
    ['shellies/shelly1-B929CC/online', 'false', 'will:shelly1-B929CC'],
    ['shellies/shelly1-B929CC/relay/0', 'on', 'ok:shelly1-B929CC'],
    ['shellies/shelly1-B929CC/relay/0/command', 'off', 'nothing'],
    ['shellies/announce', '{"id":"shelly1-B929CC","model":"SHSW-1"}', 'ok:shelly1-B929CC'],
    ['shellies/announce', 'x', 'nothing'],
    ['shellies/command', 'announce', 'nothing'],
    ['shellyplus1-a8032abe54dc/online', 'true', 'ok:shellyplus1-a8032abe54dc'],
    ['shellyplus1-a8032abe54dc/events/rpc', NOTIFY, 'ok:shellyplus1-a8032abe54dc'],
    ['shellyplus1-a8032abe54dc/status/switch:0', '{"id":0,"output":true}', 'ok:shellyplus1-a8032abe54dc'],
    ['zigbee2mqtt/online', 'true', undefined],
    ['porch/status/x', 'online', undefined],
  ])

  it('may have a prefix of its own, and tells when it started', () => {
    const stage = adopting('- { as: shelly, topic: ["+/online", "+/status/#"] }', ['garage'])
    expect(stage.hear('garage/online', 'false')).toBe('will:garage')
    expect(stage.hear('garage/status/sys', '{"uptime":600}')).toBe('ok:garage')
    expect(stage.last()?.signal.boot).toBe(NOON / 1000 - 600)
  })
})
