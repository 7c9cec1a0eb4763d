import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Whoever counts the results wants them as JSON too.
    reporters: process.env.TEST_REPORT
      ? ['default', ['json', { outputFile: process.env.TEST_REPORT }]]
      : ['default'],
    include: ['queues/**/*.test.ts', 'workers/**/*.test.ts', 'src/**/*.test.{ts,js}'],
    globalSetup: ['src/playground/testing/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Much of what is tested waits for most of its time: limits per minute, leases that run out, processes that start.
    maxWorkers: 3,
  },
})
