import { STAGE_NAMES } from '../queues/pipeline.ts'
import { ConfigError } from '../src/shared/config.ts'

/**
 * Places where a process may be told to die, to show that nothing is lost by it. The places stand in the code for good;
 * they are armed by `FAIL_POINTS` in the environment, and without it cost a look into an empty map.
 */
export type FailPoint = (name: string) => void

/** A place of a stage and the pass at which the process dies there, as `fetch.start:3`. */
const ARMED = /^([a-z]+)\.([a-z_]+):([1-9]\d*)$/

/**
 * @param armed as the environment has it: `send.effect:1`, `fetch.middle:2`.
 * @returns for a stage, the function that its run calls at each place
 * @throws ConfigError for what is not of this form, or names no stage
 */
export function createFailPoints(
  armed: readonly string[],
  die: () => void = () => process.kill(process.pid, 'SIGKILL'),
): (stage: string) => FailPoint {
  const left = new Map<string, number>()
  for (const text of armed) {
    const [, stage = '', name = '', pass = ''] = ARMED.exec(text) ?? []
    if (!STAGE_NAMES.some((known) => known === stage))
      throw new ConfigError([`FAIL_POINTS=${text} must be a place and a pass, like fetch.start:1`])
    left.set(`${stage}.${name}`, Number(pass))
  }
  return (stage) => (name) => {
    const place = `${stage}.${name}`
    const passes = left.get(place)
    if (passes === undefined) return
    left.set(place, passes - 1)
    if (passes === 1) die()
  }
}
