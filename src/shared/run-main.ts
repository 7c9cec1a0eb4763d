import { redact } from './logger.ts'

/**
 * Runs a process's `main` and ends the process: with 0 (or its `process.exitCode`) when it has done its work, with 1
 * and a reason when it could not. Whatever is still open then must not hold it.
 */
export function runMain(main: () => Promise<void>): void {
  main().then(
    () => process.exit(),
    (error: unknown) => {
      process.stderr.write(`${redact(reason(error))}\n`)
      process.exit(1)
    },
  )
}

/** A mistake of the configuration is for people who run us; anything else is for people who mend us. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'ConfigError' ? error.message : (error.stack ?? error.message)
}
