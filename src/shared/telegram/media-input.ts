import { realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InputFile } from 'grammy'

/** A file of ours, or one that Telegram has already. A text is never a media field: `file:/…` in one would make a local Bot API server read that file. */
export type MediaSource = { path: string } | { fileId: string }

const FILE_ID = /^[A-Za-z0-9_-]{20,}$/

export type MediaInput = ReturnType<typeof createMediaInput>

/**
 * The only way into a media field. `local`: the server reads the file itself, under the same path; `cloud`: it is
 * streamed.
 * @throws RangeError for a path outside filesDir or a text that is no file_id; ENOENT when the file is not there.
 */
export function createMediaInput(mode: 'cloud' | 'local', filesDir: string | null) {
  return async (source: MediaSource, filename?: string): Promise<InputFile | string> => {
    if ('fileId' in source) {
      if (!FILE_ID.test(source.fileId)) throw new RangeError('not a file_id')
      return source.fileId
    }
    if (filesDir === null) throw new RangeError('no folder for files is configured')
    // Links are followed first: what counts is the file that would be read.
    const [path, root] = await Promise.all([realpath(source.path), realpath(filesDir)])
    if (!path.startsWith(root + sep)) throw new RangeError('not a file of ours')
    // The server knows the folder by the name that is configured, which may itself be a link here.
    const given = resolve(source.path)
    return mode === 'local' ? pathToFileURL(given).href : new InputFile(given, filename)
  }
}
