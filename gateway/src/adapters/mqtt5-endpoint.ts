// Everybody who speaks MQTT 5: sessions by client id, wills that wait, and what is told to those who subscribed. It keeps
// no session beyond its connection, stores nothing, and hears QoS 0 and 1.

import { FirstLevels } from './mqtt-filter.ts'
import type { Broker, BrokerHooks } from './mqtt-hooks.ts'
import type { Link } from './mqtt-link.ts'
import type { Publish } from './mqtt-packets.ts'
import { writePacket } from './mqtt5-codec.ts'
import { FAREWELL, REASONS, REFUSED } from './mqtt5-reasons.ts'
import { Session } from './mqtt5-session.ts'
import type { Will } from './mqtt5-will.ts'

export function createEndpoint(hooks: BrokerHooks): Broker {
  const sessions = new Map<Link, Session>()
  const byId = new Map<string, Session>()
  const delayed = new Map<string, NodeJS.Timeout>()
  const wanted = new FirstLevels()

  const sendWill = (link: Link, { publish }: Will): void =>
    hooks.deferred(link, publish, true, (fanOut) => {
      if (fanOut) endpoint.fanOut(publish)
    })

  function evict(clientId: string): void {
    clearTimeout(delayed.get(clientId))
    delayed.delete(clientId)
    // A takeover is the device coming back: the will of the session it replaces says nothing any more.
    const before = byId.get(clientId)
    before?.dropWill()
    before?.end({ code: REASONS.takenOver, words: 'another connection with this client id' })
  }

  function leave(session: Session, will: Will | undefined): void {
    const { clientId, link } = session
    if (byId.get(clientId) === session) byId.delete(clientId)
    if (will === undefined) return
    if (will.delay === 0) return sendWill(link, will)
    const timer = setTimeout(() => {
      delayed.delete(clientId)
      sendWill(link, will)
    }, will.delay).unref()
    delayed.set(clientId, timer)
  }

  const world = {
    hooks,
    enter(session: Session): void {
      evict(session.clientId)
      byId.set(session.clientId, session)
      hooks.entered(session.link, session.clientId, 5)
    },
    leave,
    listening: (filter: string, by: 1 | -1) => wanted.add(filter, by),
  }

  const endpoint: Broker = {
    handle(guest) {
      const link = hooks.opened(guest, endpoint)
      sessions.set(link, new Session(guest, world, link))
      guest.wire.once('close', () => sessions.delete(link))
    },
    resume: (link) => sessions.get(link)?.resume(),
    dropWill: (link) => sessions.get(link)?.dropWill(),
    cut: (link, outcome) => sessions.get(link)?.end(FAREWELL[outcome]),
    evict,
    answerTo(messageId, { refused }) {
      const { code, words } = REFUSED[refused]
      return writePacket({ cmd: 'puback', messageId, reasonCode: code, properties: { reasonString: words } })
    },
    fanOut(publish: Publish) {
      if (wanted.mayMatch(publish.topic)) for (const session of byId.values()) session.tell(publish)
    },
    clients: () => byId.size,
    async close() {
      for (const timer of delayed.values()) clearTimeout(timer)
      const ended = [...sessions.values()].map((session) => session.end(FAREWELL.closed))
      await Promise.all(ended)
    },
  }
  return endpoint
}
