import { z } from 'zod'
import { FormatId } from './media.ts'
import { Ticket } from './request.ts'

/** The data of every job of a production: its identity, and the ticket of the person who started it. */
export const ProductionData = z.object({
  ticket: Ticket,
  mediaId: z.string(),
  mediaKey: z.string(),
  format: FormatId,
  linkHash: z.string(),
  generation: z.number().int().positive(),
  /** For the stage where the work begins, when that is not the first one: what the stage below once handed over. */
  input: z.unknown().optional(),
})
export type ProductionData = z.infer<typeof ProductionData>
