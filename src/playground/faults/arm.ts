import type { StageName } from '../../../queues/pipeline.ts'
import type { Queues } from '../../../queues/queues.ts'
import type { ProductProcess } from '../stack/product-process.ts'
import type { Supervised } from '../stack/supervise.ts'

/** A worker forgives so many deaths under one job (`workers/run-stage.ts`); this many are safe before the next one. */
const SAFE_DEATHS = 1
const LOOK_EVERY_MS = 200
/** How a shell tells of a child that was killed by SIGKILL. */
const KILLED = 128 + 9

export interface Kill {
  place: string
  atMs: number
}

interface Arming {
  /** What the next start of a process gets, by its name: give it to the stack as `envOf`. */
  envOf(name: string): Record<string, string>
  /**
   * Lets the process of a stage die at one place after another, each time at the given pass. A process whose jobs have
   * been killed too often already runs unarmed until they are done.
   */
  dieAtEach(
    stage: StageName,
    supervised: Supervised<ProductProcess>,
    places: readonly { place: string; pass: number }[],
    before?: (place: string) => Promise<void>,
  ): Promise<void>
  kills: readonly Kill[]
  /** The places at which a process is awaited to die just now. */
  awaited(): string[]
  /** How often a process was started once more without a death of its own. */
  rests(): number
}

export function createArming(queues: () => Queues): Arming {
  const armed = new Map<string, string>()
  const kills: Kill[] = []
  let rests = 0

  /** The most deaths that a job of the queue has seen; one whose worker has just died counts as one more. */
  const mostDeaths = async (stage: StageName): Promise<number> => {
    const jobs = await queues().queue(stage).getJobs(['active', 'wait', 'prioritized', 'delayed'])
    const deaths = await Promise.all(
      jobs.map(async (job) => job.stalledCounter + ((await job.isActive()) ? 1 : 0)),
    )
    return Math.max(0, ...deaths)
  }
  const untilSafe = async (stage: StageName) => {
    while ((await mostDeaths(stage)) > SAFE_DEATHS)
      await new Promise((wake) => setTimeout(wake, LOOK_EVERY_MS))
  }

  return {
    kills,
    awaited: () => [...armed.values()],
    rests: () => rests,
    envOf: (name) => {
      const place = armed.get(name)
      return place ? { FAIL_POINTS: place } : {}
    },
    async dieAtEach(stage, supervised, places, before = async () => undefined) {
      const name = `worker-${stage}`
      // The one that runs was started unarmed.
      let end = (running: ProductProcess): Promise<unknown> => running.stop()
      for (const { place, pass } of places) {
        const arm = async () => {
          await before(place)
          armed.set(name, `${place}:${pass}`)
        }
        let mustRest = false
        await supervised.interrupt(end, async () => {
          mustRest = (await mostDeaths(stage)) > SAFE_DEATHS
          if (mustRest) armed.delete(name)
          else await arm()
        })
        if (mustRest) {
          rests += 1
          await untilSafe(stage)
          await supervised.interrupt((running) => running.stop(), arm)
        }
        end = async (running) => {
          const [code] = await running.exited
          if (code !== KILLED) throw new Error(`${name} ended with ${code} instead of dying at ${place}`)
          kills.push({ place, atMs: Date.now() })
        }
      }
      await supervised.interrupt(end, async () => void armed.delete(name))
    },
  }
}
