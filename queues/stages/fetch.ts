import { z } from 'zod'
import { ArtifactRef } from '../media.ts'
import { ProductionData } from '../production.ts'
import { defineStage } from '../stage.ts'

/** From the site to a file on our disk: the chosen format and nothing else. */
export const fetch = defineStage({
  name: 'fetch',
  data: ProductionData,
  input: z.null(),
  result: z.object({
    artifact: ArtifactRef,
    sizeBytes: z.number().int().positive(),
    title: z.string(),
    uploader: z.string().nullable(),
    /** A picture that the site offers for the media, fetched along; covers audio files. */
    cover: ArtifactRef.nullable(),
    ytdlpVersion: z.string(),
  }),
  attempts: 4,
  backoffMs: 2000,
  // The handler keeps its own, configured deadline; this one only catches a handler that hangs.
  timeoutMs: 4 * 60 * 60_000,
  // At least two: where long work runs, one place is kept for short work (`workers/lane.ts`).
  concurrency: (cores) => Math.max(2, cores),
})
