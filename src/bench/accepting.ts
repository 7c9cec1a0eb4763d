import { fileURLToPath } from 'node:url'
import { execaNode } from 'execa'
import { z } from 'zod'
import { type Figure, type Measurement, median } from './figure.ts'

const ACCEPT_UPDATES = fileURLToPath(new URL('accept-updates.ts', import.meta.url))
const MOST_TIMES_SLOWER = 0.5

const Rates = z.object({ accepted: z.array(z.number()), added: z.array(z.number()) })

/** How many updates a second the bot turns into jobs, next to bare jobs that BullMQ adds in the same process. */
export const accepting: Measurement = {
  ids: ['updates-accepted'],
  async measure({ services, botApi }): Promise<Figure[]> {
    const { stdout } = await execaNode(ACCEPT_UPDATES, {
      env: { REDIS_URL: services.REDIS_URL, BOT_API: botApi.url, BOT_TOKEN: botApi.token },
    })
    const { accepted, added } = Rates.parse(JSON.parse(stdout))
    const [value, floor] = [median(accepted), median(added)]
    return [
      {
        ...{
          id: 'updates-accepted',
          what: 'updates accepted, next to the same jobs added by BullMQ alone',
          value,
          unit: 'per s',
        },
        ...{
          floor,
          ratio: value / floor,
          reach: 'at least 0.5 times',
          holds: value / floor >= MOST_TIMES_SLOWER,
        },
      },
    ]
  },
}
