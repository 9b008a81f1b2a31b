import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.tsc/**'],
    // No test measures time; this only ends one that hangs.
    testTimeout: 60_000,
    hookTimeout: 90_000,
    // Most tests wait for processes and servers: one worker would leave a small machine idle.
    maxWorkers: 2,
  },
})
