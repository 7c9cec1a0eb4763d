import type { File } from '@grammyjs/types'
import { badRequest } from '../api-error.ts'
import type { Call, MethodDeps } from '../call.ts'

/** Client.h, MAX_DOWNLOAD_FILE_SIZE */
const MAX_CLOUD_DOWNLOAD_BYTES = 20 * 1024 * 1024

export function createFileMethods({ files, mode }: MethodDeps) {
  return {
    getFile({ bot, params }: Call): File {
      if (!params.has('file_id')) throw badRequest('file_id not specified')
      const file = files.find(params.text('file_id'))
      if (file?.botId !== bot.id) throw badRequest('invalid file_id')
      if (mode === 'cloud' && file.sizeBytes > MAX_CLOUD_DOWNLOAD_BYTES) throw badRequest('file is too big')
      return {
        file_id: files.fileIdOf(file),
        file_unique_id: file.uniqueId,
        file_size: file.sizeBytes,
        file_path: mode === 'local' ? file.path : file.relativePath,
      }
    },
  }
}
