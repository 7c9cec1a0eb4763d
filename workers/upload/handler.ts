import { StageError } from '../../queues/failure.ts'
import type { Joins } from '../../queues/join.ts'
import type { StoredObject } from '../../queues/stages/upload.ts'
import { productionsOf } from '../../src/shared/artifacts/artifact-names.ts'
import type { Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import { newObjectKey } from '../../src/shared/storage/object-key.ts'
import type { Storage } from '../../src/shared/storage/storage.ts'
import type { Handler, StageContext } from '../context.ts'
import { asFileFailure } from '../file-failure.ts'

export interface UploadDeps {
  joins: Pick<Joins, 'shared' | 'stored'>
  artifacts: Pick<Artifacts, 'open' | 'objectKey' | 'remove'>
  storage: Pick<Storage, 'put' | 'copy' | 'remove'>
}

/**
 * Puts a finished file and its thumbnail into the cache, and notes them in the record that people are served from.
 * Every run uses new keys, so a run that was overtaken can never change what a later one has promised. A run that
 * fails, or that nobody asked for, takes back what it stored; what a killed process leaves is swept: its unfinished
 * uploads as stale ones, its finished objects as ones that no media key knows.
 */
export function createHandler({ joins, artifacts, storage }: UploadDeps): Handler<'upload'> {
  const isAsked = async (key: string, generation: number) => {
    const record = await joins.shared(key)
    return record.state === 'cached' && record.generation === `${generation}` && record.stored !== '1'
  }

  const store = async (input: Input, context: StageContext, stored: StoredObject[]) => {
    const one = async (file: Sent): Promise<StoredObject> => {
      const object = await storeArtifact({ artifacts, storage }, file, context)
      stored.push(object)
      return object
    }
    // The small one first: a storage that takes nothing shows it before gigabytes are on their way.
    const thumbnail = input.thumbnail
      ? await one({ ref: input.thumbnail, extension: 'jpg', contentType: 'image/jpeg' })
      : null
    const { extension, mimeType, sizeBytes } = input.file
    const media = await one({ ref: input.artifact, extension, contentType: mimeType, sizeBytes })
    if (media.sizeBytes !== sizeBytes)
      throw new StageError('input_missing', { detail: 'the artifact is not the file that was made' })
    return { media, thumbnail }
  }

  return async ({ data, input }, context) => {
    if (!input) throw new StageError('input_missing')
    const { mediaKey, generation } = data
    if (!(await isAsked(mediaKey, generation))) return NOTHING
    const stored: StoredObject[] = []
    const takeBack = async () => {
      await storage.remove(stored.map(({ key }) => key)).catch((left: unknown) => {
        context.log.warn({ err: left }, 'objects that nobody will ask for are left to the sweep')
      })
    }
    const objects = await store(input, context, stored).catch(async (error: unknown) => {
      await takeBack()
      throw context.signal.aborted ? error : asFileFailure(error)
    })
    context.failPoint('stored')
    const noted = await joins.stored(mediaKey, generation, objects)
    context.failPoint('noted')
    if (noted === 'unknown') {
      await takeBack()
      return NOTHING
    }
    if (noted === 'last')
      for (const production of productionsOf([input.artifact, input.thumbnail]))
        await artifacts.remove(production)
    return objects
  }
}

const NOTHING = { media: null, thumbnail: null }
type Input = NonNullable<Parameters<Handler<'upload'>>[0]['input']>

interface Sent {
  ref: string
  extension: string
  contentType: string
  /** Given for the file whose progress people see. */
  sizeBytes?: number
}

async function storeArtifact(
  { artifacts, storage }: Omit<UploadDeps, 'joins'>,
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
