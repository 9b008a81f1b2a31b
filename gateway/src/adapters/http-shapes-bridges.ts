// What the API gives of the bridges, as types and as schemas. Where a type and its schema differ, this file does not compile.
import Type from 'typebox'
import type { List } from '../app/read.ts'
import { closed, count, instant, listOf, oneOf, orNull, shapeOf, text } from './http-shapes.ts'

/** How a bridge to somebody else's broker is. */
export type BridgeItem = {
  readonly name: string
  readonly url: string
  /** `deaf`: it hears nothing now, and what it hears is not judged. `refused`: the broker says why. */
  readonly state: 'connecting' | 'hearing' | 'deaf' | 'refused'
  readonly since: string
  /** Of MQTT. */
  readonly version: '5' | '3.1.1'
  /** The gateways of a group share out what comes; else each hears all. */
  readonly shared: boolean
  /** Heard, and not on disk yet. */
  readonly waiting: number
  readonly why: string | null
}

export const BRIDGES: object = shapeOf<List<BridgeItem>>()(
  listOf(
    Type.Object(
      {
        ...{ name: text, url: text, state: oneOf('connecting', 'hearing', 'deaf', 'refused'), since: instant },
        ...{ version: oneOf('5', '3.1.1'), shared: Type.Boolean(), waiting: count, why: orNull(text) },
      },
      closed,
    ),
  ),
)
