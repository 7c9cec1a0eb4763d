import { z } from 'zod'
import { ProductionData } from '../production.ts'
import { defineStage } from '../stage.ts'
import { transcode } from './transcode.ts'

/** An object has a key that nobody can guess and a checksum of what must be in it. */
export const StoredObject = z.object({
  key: z.string().min(1),
  sizeBytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type StoredObject = z.infer<typeof StoredObject>

/**
 * Fills the cache, after people were given their sends: a storage that hangs delays nobody. It stands outside the flow,
 * and gets what transcode made in its data.
 */
export const upload = defineStage({
  name: 'upload',
  data: ProductionData,
  input: transcode.result,
  /** No media: nobody knows the generation any more. */
  result: z.object({ media: StoredObject.nullable(), thumbnail: StoredObject.nullable() }),
  attempts: 3,
  timeoutMs: 30 * 60_000,
  concurrency: (cores) => 2 * cores,
})
