// Sparkplug B: edge nodes and the devices behind them, by birth, data and death. A death belongs to the birth with its bdSeq;
// what is told again (is_historical) keeps its own time. The rule's template names the node: its devices are below it.
import { fill } from './adopt-name.ts'
import { numberIn, objectOf, own } from './adopt-payload.ts'
import { type AdoptRule, ORDER, type Reader, type Saying } from './adopt-rule.ts'
import { readSparkplug } from './sparkplug-payload.ts'

export const readSparkplugTopic: Reader = ({ rule, rest, payload }) => {
  const [group = '', type = '', node, device] = rest
  if (group === 'STATE' && rest.length === 2) return [host(type, payload)]
  const isOfDevice = type.startsWith('D')
  if (node === undefined || rest.length !== (isOfDevice ? 4 : 3)) return undefined
  if (type === 'NCMD' || type === 'DCMD') return ORDER
  const of = nodeOf(rule, group, node)
  if (!isOfDevice) return nodeTells(type, of, payload)
  const about = { of: `${of.of}/${device}`, source: `${of.source}/${device}`, parent: of.of }
  if (type === 'DDEATH') return [{ ...about, kind: 'will' }]
  // Its node told it, and so lives. The node first: it may have to be declared before what is behind it.
  const alive = lifeIn(payload)
  return type === 'DBIRTH' || type === 'DDATA'
    ? [
        { ...of, ...alive },
        { ...about, ...alive },
      ]
    : undefined
}

type Node = Pick<Saying, 'of'> & { readonly source: string }

/** `a-b` and `c` would read as `a` and `b-c`. */
function nodeOf(rule: AdoptRule, group: string, node: string): Node {
  return { of: fill(rule.name, [group, node]), source: `${group}/${node}` }
}

function nodeTells(type: string, of: Node, payload: Uint8Array): readonly Saying[] | undefined {
  if (type === 'NDATA') return [{ ...of, ...lifeIn(payload) }]
  if (type !== 'NBIRTH' && type !== 'NDEATH') return undefined
  const session = readSparkplug(payload)?.bdSeq
  return [{ ...of, kind: type === 'NBIRTH' ? 'ok' : 'will', ...(session !== undefined && { session }) }]
}

/** A payload that is none is still a word of somebody who lives. */
function lifeIn(payload: Uint8Array): Omit<Saying, 'of'> {
  const { metrics, historical, historicalAt, timestamp } = readSparkplug(payload) ?? { metrics: 0, historical: 0 }
  const at = historicalAt ?? timestamp
  return { kind: 'ok', ...(metrics > 0 && historical === metrics && at !== undefined && { at }) }
}

/** A host's birth and death carry the time of one session. */
function host(name: string, payload: Uint8Array): Saying {
  const said = objectOf(payload)
  const [online, session] = [own(said, 'online'), numberIn(said, 'timestamp')]
  if (typeof online !== 'boolean') return { of: name }
  return { of: name, kind: online ? 'ok' : 'will', ...(session !== undefined && { session }) }
}
