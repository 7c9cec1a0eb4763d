import { z } from 'zod'
import { ArtifactRef, MediaFile } from './media.ts'
import { StoredObject } from './stages/upload.ts'

const orNull = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (value) => (typeof value === 'string' && value !== '' ? JSON.parse(value) : null),
    schema.nullable(),
  )

/** What `publish` leaves under a media key for `send`, and `upload` completes: the file, and where its bytes are. */
export const Cached = z.object({
  generation: z.coerce.number().int(),
  file: z.preprocess((value) => (typeof value === 'string' ? JSON.parse(value) : value), MediaFile),
  /** In the cache; null until it is, and then only the artifact is there, for a while. */
  media: orNull(StoredObject),
  thumbnail: orNull(StoredObject),
  /** On our disk or in staging, until it is swept. */
  artifact: orNull(ArtifactRef),
  artifactThumbnail: orNull(ArtifactRef),
})
export type Cached = z.infer<typeof Cached>

/** As hash fields, for `joins.finish`. */
export function cachedFields(cached: Omit<Cached, 'generation'>): Record<string, string> {
  return Object.fromEntries(Object.entries(cached).map(([name, value]) => [name, JSON.stringify(value)]))
}
