import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execaNode } from 'execa'
import { z } from 'zod'
import { type Bench, methodsUrl } from './bench.ts'
import { newPerson, nowMs, timeDelivery, untilMedia } from './delivery.ts'
import { type Figure, type Measurement, percentile } from './figure.ts'

const SEND_BY_FILE_ID = fileURLToPath(new URL('send-by-file-id.ts', import.meta.url))
const REPEATS = 100
/** Not counted, of either: a product that has just been started compiles what it runs, one that runs for days has. */
const WARM_UPS = 100
/** Two calls of the bot stay so far apart that its limit of 30 a second concerns none of them. */
const APART_MS = 50

/** A link that somebody has had: the file is known to Telegram, and one call delivers it. */
export const repeat: Measurement = {
  ids: ['repeat-p50', 'repeat-p95'],
  async measure(bench): Promise<Figure[]> {
    const link = bench.newLink('market')
    await timeDelivery(bench, link)
    const values: number[] = []
    const floors: number[] = []
    const floor = await floorOf(bench)
    try {
      for (let n = 0; n < WARM_UPS + REPEATS; n++) {
        values.push(await timeRepeat(bench, link))
        await sleep(APART_MS)
        floors.push(await floor.time())
        await sleep(APART_MS)
      }
    } finally {
      await floor.end()
    }
    const counted = [values.slice(WARM_UPS), floors.slice(WARM_UPS)] as const
    return [figure(50, 8, ...counted), figure(95, 25, ...counted)]
  },
}

function figure(percent: number, most: number, values: number[], floors: number[]): Figure {
  const value = percentile(values, percent)
  const floor = percentile(floors, 50)
  return {
    ...{ id: `repeat-p${percent}`, what: `repeat of a delivered link, update to media, p${percent}` },
    ...{ value, unit: 'ms', floor, ratio: value / floor },
    ...{ reach: `at most ${most} ms above`, holds: value - floor <= most },
  }
}

async function timeRepeat(bench: Bench, link: string): Promise<number> {
  const person = await newPerson(bench)
  // As on any other day: the chat is idle, and so is the product.
  await sleep(APART_MS)
  const askedAt = nowMs()
  person.ask(link)
  const [gotAt = askedAt] = await untilMedia(bench, [person.chat])
  return gotAt - askedAt
}

const Answer = z.object({ ms: z.number() })

/** One sendVideo by file_id after the other, from a process of its own, as the product's calls are. */
async function floorOf(bench: Bench) {
  const { world } = bench
  const fileId = world.ledger
    .of(/editMessageMedia|sendVideo/)
    .map(({ answer }) =>
      z.object({ result: z.object({ video: z.object({ file_id: z.string() }) }) }).safeParse(answer),
    )
    .findLast(({ success }) => success)?.data?.result.video.file_id
  if (fileId === undefined) throw new Error('no video has been sent yet')
  const sender = execaNode(SEND_BY_FILE_ID, {
    ipc: true,
    env: { BOT_API: methodsUrl(bench), FILE_ID: fileId },
  })
  return {
    async time(): Promise<number> {
      const user = world.addUser({ firstName: 'Bob', languageCode: 'en' })
      await sender.sendMessage(world.openPrivateChat(user).id)
      return Answer.parse(await sender.getOneMessage()).ms
    },
    async end() {
      sender.kill()
      await sender.catch(() => undefined)
    },
  }
}
