import type { Pool } from '../../src/shared/db/pool.ts'
import { Postpone } from '../postpone.ts'

/** Who died over a report holds it up for so long; longer than a run of the stage may take. */
const LEASE_S = 150
const LOOK_AGAIN_MS = 5000

/** A report of a day, for one chat. */
export interface Report {
  kind: 'digest' | 'weekly'
  day: string
  chatId: number
}

/**
 * Sends a report of a day once, whoever asks however often, in however many processes. Only who dies right between
 * Telegram's answer and its record sends it a second time: a digest that never comes would be worse.
 * @param send gives the id of the message
 * @throws Postpone while somebody else is at it
 */
export async function sentOnce(
  db: Pool,
  { kind, day, chatId }: Report,
  send: () => Promise<number>,
): Promise<'sent' | 'sent before'> {
  const report = [kind, day, chatId]
  const { rowCount } = await db.query(
    `INSERT INTO digests_sent (kind, day, chat_id, leased_until) VALUES ($1, $2, $3, now() + make_interval(secs => $4))
     ON CONFLICT (kind, day, chat_id) DO UPDATE SET leased_until = excluded.leased_until
     WHERE digests_sent.sent_at IS NULL AND digests_sent.leased_until < now()`,
    [...report, LEASE_S],
  )
  if (rowCount === 0) {
    if (await isSent(db, { kind, day, chatId })) return 'sent before'
    throw new Postpone(LOOK_AGAIN_MS)
  }
  try {
    const messageId = await send()
    await db.query(
      'UPDATE digests_sent SET sent_at = now(), message_id = $4 WHERE kind = $1 AND day = $2 AND chat_id = $3',
      [...report, messageId],
    )
  } catch (error) {
    // The next attempt need not wait for us.
    await db.query(
      `UPDATE digests_sent SET leased_until = now()
       WHERE kind = $1 AND day = $2 AND chat_id = $3 AND sent_at IS NULL`,
      report,
    )
    throw error
  }
  return 'sent'
}

export async function isSent(db: Pool, { kind, day, chatId }: Report): Promise<boolean> {
  const { rowCount } = await db.query(
    'SELECT FROM digests_sent WHERE kind = $1 AND day = $2 AND chat_id = $3 AND sent_at IS NOT NULL',
    [kind, day, chatId],
  )
  return rowCount !== 0
}
