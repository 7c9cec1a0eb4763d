import { StageError } from '../../queues/failure.ts'
import type { StoredObject } from '../../queues/stages/upload.ts'
import type { Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import { newObjectKey } from '../../src/shared/storage/object-key.ts'
import type { Storage } from '../../src/shared/storage/storage.ts'
import type { Handler, StageContext } from '../context.ts'
import { asFileFailure } from '../file-failure.ts'

export interface UploadDeps {
  artifacts: Pick<Artifacts, 'open' | 'objectKey'>
  storage: Pick<Storage, 'put' | 'copy' | 'remove'>
}

/**
 * Puts a finished file and its thumbnail into the cache. Every run uses new keys, so a run that was overtaken
 * can never change what a later one has promised. A run that fails takes back what it stored; what a killed
 * process leaves is swept: its unfinished uploads as stale ones, its finished objects as ones that no media key
 * knows.
 */
export function createHandler({ artifacts, storage }: UploadDeps): Handler<'upload'> {
  return async ({ input }, context) => {
    if (!input) throw new StageError('input_missing')
    const stored: StoredObject[] = []
    const store = async (file: Sent): Promise<StoredObject> => {
      const object = await storeArtifact({ artifacts, storage }, file, context)
      stored.push(object)
      return object
    }
    try {
      // The small one first: a storage that takes nothing shows it before gigabytes are on their way.
      const thumbnail = input.thumbnail
        ? await store({ ref: input.thumbnail, extension: 'jpg', contentType: 'image/jpeg' })
        : null
      const { extension, mimeType, sizeBytes } = input.file
      const media = await store({ ref: input.artifact, extension, contentType: mimeType, sizeBytes })
      if (media.sizeBytes !== sizeBytes)
        throw new StageError('input_missing', { detail: 'the artifact is not the file that was made' })
      return { media, thumbnail }
    } catch (error) {
      await storage.remove(stored.map(({ key }) => key)).catch((left: unknown) => {
        context.log.warn({ err: left }, 'objects of a failed upload are left to the sweep')
      })
      throw context.signal.aborted ? error : asFileFailure(error)
    }
  }
}

interface Sent {
  ref: string
  extension: string
  contentType: string
  /** Given for the file whose progress people see. */
  sizeBytes?: number
}

async function storeArtifact(
  { artifacts, storage }: UploadDeps,
  { ref, extension, contentType, sizeBytes }: Sent,
  { signal, progress }: StageContext,
): Promise<StoredObject> {
  const key = newObjectKey(extension)
  const report = (doneBytes: number) => {
    if (sizeBytes === undefined) return
    const percent = Math.min(100, Math.floor((100 * doneBytes) / sizeBytes))
    progress({ percent, doneBytes, totalBytes: sizeBytes })
  }
  report(0)
  const staged = artifacts.objectKey(ref)
  if (staged !== null) {
    const copied = await storage.copy(staged, key, { signal })
    report(copied.sizeBytes)
    return copied
  }
  const path = await artifacts.open(ref, { signal })
  return await storage.put(key, path, { contentType, signal, onProgress: report })
}
