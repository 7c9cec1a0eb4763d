import type { FileStore } from './file-store.ts'
import type { MediaInput } from './media-input.ts'
import type { Params } from './params.ts'
import type { Posts } from './posts.ts'
import type { CallbackAnswer, InlineAnswer, Queries } from './queries.ts'
import type { Upload } from './request-body.ts'
import type { ServerMode } from './server-mode.ts'
import type { BotRecord, WorldState } from './world-state.ts'

/** One call of a method, read and ready. `signal` ends when the caller hangs up. */
export interface Call {
  bot: BotRecord
  method: string
  params: Params
  uploads: ReadonlyMap<string, Upload>
  signal: AbortSignal
}

/** What the methods work with. */
export interface MethodDeps {
  mode: ServerMode
  state: WorldState
  posts: Posts
  files: FileStore
  media: MediaInput
  callbacks: Queries<CallbackAnswer>
  inlines: Queries<InlineAnswer>
  webhookRetryMs: number
}
