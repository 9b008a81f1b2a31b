import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tellOfCrashes } from './crash-story.ts'

const KILLS = 50
const KILLS_OF_A_MUTANT = 8

describe('kill -9 under load', () => {
  it('loses nothing that was acknowledged, opens no incident twice, and every page arrives', {
    timeout: 400_000,
  }, async () => {
    const { acknowledged, lost, incidents, unpaged } = await tellOfCrashes(KILLS)
    expect(acknowledged).toBeGreaterThan(KILLS)
    expect(lost).toEqual([])
    expect(incidents.map(({ heartbeat }) => heartbeat).sort()).toEqual(['silent-1', 'silent-2'])
    expect(unpaged).toEqual([])
  })

  it('catches a gateway that acknowledges before the commit', { timeout: 120_000 }, async () => {
    const entry = join(import.meta.dirname, 'mutants/acknowledge-early.ts')
    expect((await tellOfCrashes(KILLS_OF_A_MUTANT, entry)).lost).not.toEqual([])
  })
})
