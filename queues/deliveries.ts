import { z } from 'zod'
import { Cached } from './cached.ts'
import type { Keys } from './keys.ts'
import { Request } from './request.ts'
import type { Scripts } from './scripts.ts'
import { SentFile } from './sent-files.ts'

export interface Delivery {
  request: Request | null
  /** What Telegram has of its media. */
  sentFile: SentFile | null
  /** Where the bytes are. */
  cached: Cached | null
}

const fields = z.array(z.string()).transform((flat) => {
  const pairs = flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : []))
  return z.record(z.string(), z.string()).parse(Object.fromEntries(pairs))
})
const Found = z.tuple([fields, z.string(), fields])

export type Deliveries = ReturnType<typeof createDeliveries>

/** What a delivery must know before it begins, in one round trip. */
export function createDeliveries(scripts: Scripts, keys: Keys) {
  return {
    async find(ticket: string): Promise<Delivery> {
      const [request, file, shared] = Found.parse(
        await scripts.delivery([keys.request(ticket)], [keys.files, keys.shared('')]),
      )
      return {
        request: request.ticket ? Request.parse(request) : null,
        sentFile: file === '' ? null : SentFile.parse(JSON.parse(file)),
        cached: Cached.safeParse(shared).data ?? null,
      }
    },
  }
}
