import { z } from 'zod'
import type { World } from '../bot-api/world.ts'

const Updates = z.array(
  z.object({
    update_id: z.number(),
    message: z.object({ message_id: z.number(), chat: z.object({ id: z.number() }) }).optional(),
    callback_query: z.object({ data: z.string().optional() }).optional(),
  }),
)

/** The updates that the bot was given and has confirmed, by asking for later ones. */
export function readUpdates(world: Pick<World, 'ledger' | 'firstBot'>) {
  const entries = world.ledger.entries()
  if (entries[0]?.seq !== 1) throw new Error('the ledger is too short for this run: ask for fewer minutes')
  // Telegram keeps what is not confirmed.
  const unconfirmed = new Set(
    world
      .firstBot()
      .updates.pending()
      .map((update) => update.update_id),
  )
  const acceptedAsks = new Map<string, number>()
  const presses = new Map<number, { ticket: string; action: string }>()
  for (const { answer } of world.ledger.of('getUpdates')) {
    if (!answer?.ok) continue
    for (const { update_id: id, message, callback_query: query } of Updates.parse(answer.result)) {
      if (unconfirmed.has(id)) continue
      if (message) acceptedAsks.set(`${message.chat.id} ${message.message_id}`, id)
      const [action = '', ticket = ''] = query?.data?.split(':') ?? []
      if (query) presses.set(id, { ticket, action })
    }
  }
  return { acceptedAsks, presses: [...presses.values()] }
}
