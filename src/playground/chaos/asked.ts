import type { User } from '@grammyjs/types'
import type { ChatRecord } from '../bot-api/world-state.ts'
import type { Ask } from './plan-asks.ts'

/** A message that a person has sent. */
export type Asked = { id: number; ask: Ask; user: User; chat: ChatRecord; messageId: number }
