import { STAGE_NAMES, type StageName } from '../queues/pipeline.ts'
import { ConfigError } from '../src/shared/config.ts'

/**
 * Places where a process may be told to die, to show that nothing is lost by it. The places stand in the code for good;
 * they are armed by `FAIL_POINTS` in the environment, and without it cost a look into an empty map.
 */
export type FailPoint = (name: PlaceName) => void

/** What `run-stage.ts` passes with every job. */
const OF_EVERY_STAGE = {
  start: 'the job is taken, nothing is done',
  effect: 'all is done, BullMQ has not heard of it',
} as const

/** What the handlers of each stage pass: the moments between an effect and its record, and the middle of long work. */
const OF_A_STAGE = {
  intake: {
    created: 'a request is there that takes no step yet',
    joined: 'it waits for work whose flow is not there',
    ensured: 'the flow is there, the person has not heard of it',
    taken: 'who waited for the facts is taken, and not a step further',
  },
  inspect: {
    asking: 'the tool has just begun',
    answered: 'the site has told everything, nothing of it is kept',
    saved: 'facts are known, the record for the fetch is not',
  },
  fetch: {
    progress: 'the tool is at work',
    fetched: 'the file lies in the work folder of this run',
    kept: 'it is an artifact that nobody knows',
  },
  transcode: {
    progress: 'the tool is at work',
    made: 'the file lies in the work folder of this run',
    kept: 'it is an artifact that nobody knows',
  },
  publish: {
    taken: 'the waiters are taken, none has a delivery or a reason',
    added: 'they have, and the taking is not forgotten',
  },
  upload: {
    progress: 'the thumbnail is in the cache, the media is on its way',
    stored: 'both are there, and no record knows them',
    noted: 'the record knows them, the artifact is still there',
  },
  send: {
    leased: 'a message of its own may be sent, Telegram has not been called',
    sent: 'Telegram has it, nothing says so',
    recorded: 'what Telegram made of it is noted, the request goes on',
    counted: 'the event is on its way, the request goes on',
  },
  notify: {
    leased: 'the ticket may be sent, Telegram has not been called',
    sent: 'the ticket is in the chat, nobody knows its number',
    edited: 'the ticket says it, nothing says so',
  },
  aftercare: {
    granted: 'the bonus is given, its event is not on its way',
    claimed: 'it will not be said by anybody else, Telegram has not been called',
    sent: 'Telegram has it, nothing says so',
  },
  analytics: {
    gathered: 'a batch is about to be written',
    written: 'it is committed, none of its jobs has heard of it',
  },
  report: {
    sent: 'Telegram has it, nothing says so',
    forgotten: 'the rows of a person are gone, their keys are not',
  },
  maintenance: {
    found: 'somebody was found in a gap',
    mended: 'they are helped on, the rest is not looked at',
  },
} as const satisfies Record<StageName, Record<string, string>>

type KeysOf<T> = T extends unknown ? keyof T : never
export type PlaceName = keyof typeof OF_EVERY_STAGE | KeysOf<(typeof OF_A_STAGE)[StageName]>

/** All places, as `FAIL_POINTS` names them. */
export const PLACES: readonly { stage: StageName; place: string }[] = STAGE_NAMES.flatMap((stage) =>
  Object.keys({ ...OF_EVERY_STAGE, ...OF_A_STAGE[stage] }).map((name) => ({
    stage,
    place: `${stage}.${name}`,
  })),
)

/** A place of a stage and the pass at which the process dies there, as `fetch.start:3`. */
const ARMED = /^([a-z.]+):([1-9]\d*)$/

/**
 * @param armed as the environment has it: `send.effect:1`, `fetch.progress:2`.
 * @returns for a stage, the function that its run calls at each place
 * @throws ConfigError for what is not of this form, or names no place
 */
export function createFailPoints(
  armed: readonly string[],
  die: () => void = () => process.kill(process.pid, 'SIGKILL'),
): (stage: string) => FailPoint {
  const left = new Map<string, number>()
  for (const text of armed) {
    const [, place = '', pass = ''] = ARMED.exec(text) ?? []
    if (!PLACES.some((known) => known.place === place))
      throw new ConfigError([`FAIL_POINTS=${text} must be a place and a pass, like fetch.start:1`])
    left.set(place, Number(pass))
  }
  return (stage) => (name) => {
    const place = `${stage}.${name}`
    const passes = left.get(place)
    if (passes === undefined) return
    left.set(place, passes - 1)
    if (passes === 1) die()
  }
}
