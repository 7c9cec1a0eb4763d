import { z } from 'zod'
import { ArtifactRef, MediaFile } from '../media.ts'
import { ProductionData } from '../production.ts'
import { defineStage } from '../stage.ts'
import { fetch } from './fetch.ts'

/** Makes sure that Telegram plays it: as it is, remuxed, or encoded. */
export const transcode = defineStage({
  name: 'transcode',
  data: ProductionData,
  input: fetch.result,
  result: z.object({ artifact: ArtifactRef, thumbnail: ArtifactRef.nullable(), file: MediaFile }),
  attempts: 2,
  timeoutMs: 4 * 60 * 60_000,
  // At least two, as in fetch.
  concurrency: (cores) => Math.max(2, Math.floor(cores / 2)),
})
