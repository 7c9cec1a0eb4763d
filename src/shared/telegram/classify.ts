import { GrammyError, HttpError } from 'grammy'
import { ConnectionFault, FloodWait, GateBusy } from './telegram-error.ts'

/** What a failed call means for the message it was about. */
export type TelegramFault =
  /** The edit changes nothing: it was made before. For an edit this is success. */
  | { kind: 'not_modified' }
  /** The message to edit, or to answer, is not there any more, or is no longer of the kind that can be edited so. */
  | { kind: 'message_gone' }
  /** A text was to be edited that has become a media meanwhile: nothing is wrong, and nothing is to be done. */
  | { kind: 'already_media' }
  /** The person blocked us, the group threw us out, we may not write there. */
  | { kind: 'chat_unreachable' }
  /** The group has become a supergroup with another id. */
  | { kind: 'migrated'; migrateToChatId: number }
  /** 429; not sent. */
  | { kind: 'flood'; retryAfterMs: number }
  /** The gate is busy; not sent. */
  | { kind: 'busy'; waitMs: number }
  | { kind: 'file_too_big' }
  /** The file_id is not, or no longer, good. */
  | { kind: 'bad_file_id' }
  /** Telegram does not take it, for another reason. */
  | { kind: 'rejected'; description: string }
  /** Certainly not sent: no connection, or our credentials are refused. */
  | { kind: 'unreachable' }
  /** Perhaps sent: the answer was lost, or the server failed. */
  | { kind: 'ambiguous' }

/**
 * The texts are those of github.com/tdlib/telegram-bot-api (Client.cpp: fail_query_with_error, check_chat,
 * check_message, check_reply_parameters) and the server codes that it passes on as they are (MESSAGE_ID_INVALID).
 */
const TEXTS: [RegExp, Exclude<TelegramFault['kind'], 'migrated' | 'flood' | 'busy' | 'rejected'>][] = [
  [/message is not modified/i, 'not_modified'],
  [
    /message to edit not found|message can't be edited|MESSAGE_ID_INVALID|MESSAGE_EDIT_TIME_EXPIRED/i,
    'message_gone',
  ],
  [/there is no text in the message to edit/i, 'already_media'],
  [/there is no (caption|media) in the message to edit|MESSAGE_AUTHOR_REQUIRED/i, 'message_gone'],
  [
    /(repl(y|ied) (message )?|message to (be repl(y|ied)|reply) )not found|REPLY_MESSAGE_ID_INVALID/i,
    'message_gone',
  ],
  [
    /chat not found|PEER_ID_INVALID|CHAT_ID_INVALID|user not found|INPUT_USER_DEACTIVATED/i,
    'chat_unreachable',
  ],
  [/not enough rights|no rights to send|need administrator rights|CHAT_ADMIN_REQUIRED/i, 'chat_unreachable'],
  [/CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|CHAT_SEND_\w+_FORBIDDEN|USER_IS_BLOCKED/i, 'chat_unreachable'],
  [/TOPIC_(CLOSED|DELETED)|message thread not found|group chat was deactivated/i, 'chat_unreachable'],
  [
    /(file|entity|photo) (is )?too (big|large)|too big (for|file)|bytes is too big|FILE_PARTS_INVALID/i,
    'file_too_big',
  ],
  [
    /wrong (remote )?file[ _]id|invalid file[ _]id|FILE_REFERENCE_|FILE_ID_INVALID|MEDIA_EMPTY/i,
    'bad_file_id',
  ],
  [/can't use file of type|wrong type of (the )?file|wrong padding in the string/i, 'bad_file_id'],
]

/** Whether an error came from a call to Telegram, and not from a file or from Redis. */
export const isTelegramError = (error: unknown): boolean =>
  [GateBusy, FloodWait, ConnectionFault, GrammyError, HttpError].some((kind) => error instanceof kind)

/** Reads what a call through `createTelegram` (or plain grammY) threw. Never throws; the unknown is ambiguous. */
export function classify(error: unknown): TelegramFault {
  if (error instanceof GateBusy) return { kind: 'busy', waitMs: error.waitMs }
  if (error instanceof FloodWait) return { kind: 'flood', retryAfterMs: error.retryAfterMs }
  if (error instanceof HttpError) return classify(ConnectionFault.from('request', error))
  if (error instanceof ConnectionFault) return { kind: error.certainlyNotSent ? 'unreachable' : 'ambiguous' }
  if (!(error instanceof GrammyError)) return { kind: 'ambiguous' }

  const { error_code: code, description, parameters } = error
  if (code === 429) return { kind: 'flood', retryAfterMs: 1000 * (parameters.retry_after ?? 1) }
  if (code >= 500) return { kind: 'ambiguous' }
  if (parameters.migrate_to_chat_id !== undefined)
    return { kind: 'migrated', migrateToChatId: parameters.migrate_to_chat_id }
  if (code === 413) return { kind: 'file_too_big' }
  // 401 and 404 are about the token: a wrong one, or one that was revoked. Nothing is wrong with the message.
  if (code === 401 || code === 404) return { kind: 'unreachable' }
  const known = TEXTS.find(([text]) => text.test(description))?.[1]
  if (known) return { kind: known }
  if (code === 403) return { kind: 'chat_unreachable' }
  return { kind: 'rejected', description }
}
