// Secret keys: one per heartbeat, derived from a master secret without a table, or declared in the config; and the
// gateway-wide ping key. Owns no secret's storage: the master is the caller's to keep.
import { createCipheriv, createDecipheriv, type Decipheriv, hash, timingSafeEqual } from 'node:crypto'
import type { Name } from '../domain/names.ts'

export type KeySources = {
  /** 16 bytes. */
  readonly master: Buffer
  nameOf(id: number): Name | undefined
  /** 0 to 2^32 − 1, never given to another name. */
  idOf(name: Name): number | undefined
  /** Keys written in the config, each replacing the derived one of its heartbeat. */
  readonly declared: ReadonlyMap<string, Name>
  readonly pingKey?: string
  /** Of a heartbeat whose key was rotated: how often, and until when the key before is good. */
  rotated?(name: Name): { readonly generation: number; readonly previousUntil: number } | undefined
  now?(): number
}

export interface Keys {
  /** The heartbeat that `key` opens, written either way; a UUID in any case. */
  nameOf(key: string): Name | undefined
  /** 22 characters; undefined when the name is unknown or the config declares its key, of which only a digest is kept. */
  keyOf(name: Name): string | undefined
  /** The same 16 bytes as a UUID. */
  uuidOf(name: Name): string | undefined
  isPingKey(text: string): boolean
  /** Could be a derived key: a dashed UUID, or 22 characters that 16 bytes can give. */
  isKeyShaped(text: string): boolean
}

export function createKeys(sources: KeySources): Keys {
  const declared = new Map<string, Name>()
  const lengths = new Set<number>()
  const replaced = new Set<Name>()
  for (const [key, name] of sources.declared) {
    declared.set(digest(canonical(key)), name)
    lengths.add(key.length)
    replaced.add(name)
  }
  const pingKeyLength = sources.pingKey?.length ?? 0
  const pingKeyDigest = Buffer.from(digest(sources.pingKey ?? ''), 'base64url')
  const decipher = createDecipheriv('aes-128-ecb', sources.master, null).setAutoPadding(false)
  const recent = new Recent()

  function derivedFrom(key: string): number | undefined {
    const known = recent.get(key)
    if (known !== undefined) return known
    const block = blockOf(key)
    const seal = block && sealIn(decipher, block)
    if (seal !== undefined) recent.set(key, seal)
    return seal
  }

  /** Two keys at a time: that of now, and for a while the one before. */
  function isOf(generation: number, name: Name): boolean {
    const rotated = sources.rotated?.(name)
    if (rotated === undefined) return generation === 0
    if (generation === rotated.generation) return true
    const previous = (rotated.generation + GENERATIONS - 1) % GENERATIONS
    return generation === previous && (sources.now?.() ?? 0) < rotated.previousUntil
  }

  function blockFor(name: Name): Buffer | undefined {
    const id = replaced.has(name) ? undefined : sources.idOf(name)
    return id === undefined ? undefined : seal(sources.master, id, sources.rotated?.(name)?.generation ?? 0)
  }

  return {
    nameOf(key) {
      if (lengths.has(key.length)) {
        const name = declared.get(digest(canonical(key)))
        if (name !== undefined) return name
      }
      const found = derivedFrom(key)
      if (found === undefined) return undefined
      const name = sources.nameOf(found % IDS)
      return name === undefined || replaced.has(name) || !isOf(Math.floor(found / IDS), name) ? undefined : name
    },
    keyOf: (name) => blockFor(name)?.toString('base64url'),
    uuidOf: (name) => blockFor(name)?.toString('hex').replace(GROUPS, '$1-$2-$3-$4-$5'),
    isPingKey(text) {
      if (pingKeyLength === 0 || text.length !== pingKeyLength) return false
      return timingSafeEqual(Buffer.from(digest(text), 'base64url'), pingKeyDigest)
    },
    isKeyShaped: (text) => SHORT.test(text) || UUID.test(text),
  }
}

/** A canonical dashed UUID, in any case. */
export function isUuid(text: string): boolean {
  return text.length === 36 && UUID.test(text)
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** The last of 22 characters carries two bits only. */
const SHORT = /^[A-Za-z0-9_-]{21}[AQgw]$/
const GROUPS = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/

/** Behind the number and the generation: what tells a key from 16 random bytes (2^-80). */
const CONSTANT: Buffer = Buffer.from('overdue-k1')
const GENERATION_AT = 4
const HEAD_SIZE = 6
const IDS = 2 ** 32
const GENERATIONS = 2 ** 16

function seal(master: Buffer, id: number, generation: number): Buffer {
  const block = Buffer.alloc(HEAD_SIZE + CONSTANT.length)
  block.writeUInt32BE(id)
  block.writeUInt16BE(generation, GENERATION_AT)
  CONSTANT.copy(block, HEAD_SIZE)
  return createCipheriv('aes-128-ecb', master, null).setAutoPadding(false).update(block)
}

/** Number and generation in one. ECB without padding keeps no state between blocks, so one decipher serves for good. */
function sealIn(decipher: Decipheriv, block: Buffer): number | undefined {
  const plain = decipher.update(block)
  if (!timingSafeEqual(plain.subarray(HEAD_SIZE), CONSTANT)) return undefined
  return plain.readUInt16BE(GENERATION_AT) * IDS + plain.readUInt32BE()
}

function blockOf(key: string): Buffer | undefined {
  if (SHORT.test(key)) return Buffer.from(key, 'base64url')
  return UUID.test(key) ? Buffer.from(key.replaceAll('-', ''), 'hex') : undefined
}

function canonical(key: string): string {
  return UUID.test(key) ? key.toLowerCase() : key
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url')
}

const RECENT = 20_000

/** Two generations: the older is forgotten when the younger is full. Only good keys get in, so guesses evict nothing. */
class Recent {
  #young = new Map<string, number>()
  #old = new Map<string, number>()

  get(key: string): number | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: string, id: number): void {
    if (this.#young.size >= RECENT) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, id)
  }
}
