import type { Message } from '@grammyjs/types'
import type { Faults } from './faults.ts'
import type { FileStore } from './file-store.ts'
import type { Ledger } from './ledger.ts'
import type { WorldActions } from './world-actions.ts'
import type { ChatRef, WorldPeople } from './world-people.ts'
import type { WorldState } from './world-state.ts'

interface WorldDeps {
  state: WorldState
  people: WorldPeople
  actions: WorldActions
  files: FileStore
  ledger: Ledger
  faults: Faults
}

/** Telegram's side as a test or the chat page sees it: people, chats, what they do, and what the bot did to them. */
export function createWorld({ state, people, actions, files, ledger, faults }: WorldDeps) {
  return {
    ...people,
    ...actions,
    ledger,
    faults,
    users: () => [...state.users.values()],
    chats: () => [...state.chats],
    bots: () => [...state.bots.values()],
    /** The messages that are there now, oldest first, as the Bot API shows them. */
    messages: (chat: ChatRef): Message[] =>
      [...people.chatOf(chat).posts.values()].map(({ message }) => message),
    message: (chat: ChatRef, messageId: number): Message | undefined =>
      people.chatOf(chat).posts.get(messageId)?.message,
    /** Called for every new, changed and deleted message and every chat action; returns how to stop. */
    onChange: state.onChange,
    findFile: files.find,
    /** Where the bytes of a file are. */
    fileOf(fileId: string): string {
      const file = files.find(fileId)
      if (!file) throw new Error('no such file')
      return file.path
    },
  }
}

export type World = ReturnType<typeof createWorld>
