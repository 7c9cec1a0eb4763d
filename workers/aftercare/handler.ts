import type { State } from '../../queues/state.ts'
import type { Config } from '../../src/shared/config.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { Handler } from '../context.ts'

export interface AftercareDeps extends Pick<State, 'redis' | 'keys' | 'requests' | 'events'> {
  telegram: Telegram
  messages: Messages
  people: Config<'people'>
}

export function createHandler(_deps: AftercareDeps): Handler<'aftercare'> {
  return async () => ({ done: [] })
}
