import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tellOfBridgeCrashes } from './bridge-crash-story.ts'
import { HAS_MOSQUITTO } from './broker-room.ts'

/** A busy machine takes long to start a gateway, and here are five starts. */
const WITHIN = 180_000

describe.runIf(HAS_MOSQUITTO)('a gateway that is killed while its broker delivers', () => {
  it(
    'is delivered again what it had not acknowledged: nothing is lost, and nothing counted twice',
    async () => {
      const { published, lost, twice } = await tellOfBridgeCrashes(2)
      expect(published).toBeGreaterThan(100)
      expect({ lost, twice }).toEqual({ lost: [], twice: [] })
    },
    WITHIN,
  )

  it(
    'would lose what it had acknowledged too early',
    async () => {
      const entry = join(import.meta.dirname, 'mutants/acknowledge-early-slowly.ts')
      const { lost } = await tellOfBridgeCrashes(1, entry)
      expect(lost.length).toBeGreaterThan(0)
    },
    WITHIN,
  )
})
