import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['queues/**/*.test.ts', 'workers/**/*.test.ts', 'src/**/*.test.{ts,js}'],
    globalSetup: ['src/playground/testing/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
})
