import type { State } from '../../queues/state.ts'
import type { Config } from '../../src/shared/config.ts'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { Handler } from '../context.ts'

export interface ReportDeps extends Pick<State, 'redis' | 'keys' | 'queues' | 'events'> {
  telegram: Telegram
  messages: Messages
  db: Pool
  reporting: Config<'reporting'>
  reports: Config<'reports'>
}

export function createHandler(_deps: ReportDeps): Handler<'report'> {
  return async () => ({ done: 'nothing' })
}
