// overdue.h with the compilers of small and large machines: no warning, no library, a budget; and what its fuzzer says.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EXAMPLES, Folder, isInstalled, run } from './firmware-stage.ts'

const HEADER = join(EXAMPLES, 'c')
const STRICT = ['-Wall', '-Wextra', '-Wconversion', '-pedantic', '-Werror']
const C99 = ['-std=c99', ...STRICT]
/** Bytes of code and constants on a Cortex-M0. */
const BUDGET = 1024

type Target = {
  readonly name: string
  readonly compiler: string
  readonly flags: readonly string[]
  readonly most: number
}

const TARGETS: readonly Target[] = [
  { name: 'a Cortex-M0', compiler: 'arm-none-eabi-gcc', flags: ['-mthumb', '-mcpu=cortex-m0'], most: BUDGET },
  { name: 'a Cortex-M4', compiler: 'arm-none-eabi-gcc', flags: ['-mthumb', '-mcpu=cortex-m4'], most: BUDGET },
  { name: 'an AVR', compiler: 'avr-gcc', flags: ['-mmcu=atmega328p'], most: 2 * BUDGET },
  { name: 'this machine', compiler: 'gcc', flags: [], most: 2 * BUDGET },
]

/** What a linker adds by itself for constants and for multiplying. */
const OF_THE_COMPILER = /^__(do_copy_data|do_clear_bss|\w*mul\w*)$/

describe('overdue.h', () => {
  for (const { name, compiler, flags, most } of TARGETS)
    it.skipIf(!isInstalled(compiler))(`fits ${name}, calls nothing and keeps nothing in memory`, async () => {
      using folder = new Folder()
      const object = await compile(folder, compiler, 'c', [...C99, '-Os', '-ffreestanding', ...flags])
      const tool = (end: string): string => compiler.replace(/gcc$/, end)
      const { output: sizes } = await run(tool('size'), [object])
      const [text, data, bss] = (sizes.split('\n')[1] as string).trim().split(/\s+/).map(Number)
      expect(text).toBeLessThanOrEqual(most)
      expect([data, bss]).toEqual([0, 0])
      const { output: symbols } = await run(tool('nm'), ['--undefined-only', '--format=posix', object])
      const called = symbols.split('\n').map((line) => line.split(' ')[0] as string)
      expect(called.filter((symbol) => symbol !== '' && !OF_THE_COMPILER.test(symbol))).toEqual([])
    })

  it.skipIf(!isInstalled('g++'))('is C++ as well', async () => {
    using folder = new Folder()
    await compile(folder, 'g++', 'cpp', [...STRICT, '-Os'])
  })

  it.skipIf(!isInstalled('gcc'))('can be included where others implement it', async () => {
    using folder = new Folder()
    writeFileSync(join(folder.path, 'a.c'), '#include "overdue.h"\n#include "overdue.h"\n')
    const args = [...C99, '-c', '-I', HEADER, '-o', join(folder.path, 'a.o'), join(folder.path, 'a.c')]
    expect(await run('gcc', args)).toEqual({ code: 0, output: '' })
    expect((await run('nm', [join(folder.path, 'a.o')])).output.trim()).not.toMatch(/overdue/)
  })

  it.skipIf(!isInstalled('gcc'))(
    'reads and writes what its fuzzer reads and writes, and never past its buffer',
    async () => {
      using folder = new Folder()
      const fuzz = join(folder.path, 'fuzz')
      const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
      const flags = ['-std=c99', '-Wall', '-Wextra', '-Werror', '-g', '-O1', ...sanitizers]
      const built = await run('gcc', [...flags, '-o', fuzz, join(EXAMPLES, 'test/fuzz.c')])
      expect(built).toEqual({ code: 0, output: '' })
      for (const seed of ['1', '2', '3'])
        expect(await run(fuzz, [seed, '20000'])).toEqual({ code: 0, output: 'held\n' })
    },
  )
})

async function compile(folder: Folder, compiler: string, ending: string, flags: readonly string[]): Promise<string> {
  const [source, object] = [join(folder.path, `a.${ending}`), join(folder.path, 'a.o')]
  writeFileSync(source, '#define OVERDUE_IMPLEMENTATION\n#include "overdue.h"\n')
  const { code, output } = await run(compiler, [...flags, '-c', '-I', HEADER, '-o', object, source])
  expect({ code, output }).toEqual({ code: 0, output: '' })
  return object
}
