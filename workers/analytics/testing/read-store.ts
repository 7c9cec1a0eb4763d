import type { Pool } from '../../../src/shared/db/pool.ts'
import type { naiveStore } from './naive-store.ts'

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::bigint`

/** Of each table, the columns that `naive-store.ts` knows. */
const TABLES: Record<keyof ReturnType<typeof naiveStore>, string> = {
  events: `SELECT event_id, name, ${ms('at')}, bot, user_id FROM events`,
  users: `SELECT bot, user_id, ${ms('first_seen_at')}, ${ms('last_seen_at')}, total_downloads, referred_by,
    language, first_source, first_campaign, ${ms('first_start_at')} FROM users`,
  shared_users: `SELECT telegram_id, ${ms('first_seen')}, ${ms('last_seen')} FROM shared.users`,
  downloads: `SELECT id, ${ms('created_at')}, bot, user_id, video_id, height, size_bytes FROM downloads`,
  videos: `SELECT video_id, platform, ${ms('first_seen_at')}, total_downloads, ${ms('last_download_at')} FROM videos`,
  daily_active: 'SELECT day::text, bot, user_id FROM daily_active',
  referrals: `SELECT bot, referrer_id, referred_user_id, ${ms('created_at')} FROM referrals`,
  bonus_ledger: 'SELECT kind, source_id, user_id, amount FROM bonus_ledger',
  click_events: `SELECT id, bot, user_id, event_type, video_id, button, ${ms('created_at')} FROM click_events`,
  ad_impressions: `SELECT id, clicked, ${ms('clicked_at')}, ${ms('created_at')} FROM ad_impressions`,
  ab_test_assignments: `SELECT bot, user_id, t.name || ':' || v.variant_name, ${ms('assigned_at')}
    FROM ab_test_assignments AS a JOIN ab_tests AS t ON t.id = a.test_id JOIN ab_test_variants AS v ON v.id = a.variant_id`,
}

/** The tables, as `naiveStore` has them. */
export async function readStore(db: Pool): Promise<Record<string, string[]>> {
  const store: Record<string, string[]> = {}
  for (const [table, text] of Object.entries(TABLES)) {
    const { rows } = await db.query<unknown[]>({ text, rowMode: 'array' })
    store[table] = rows.map((row) => row.map((cell) => String(cell)).join(' ')).sort()
  }
  return store
}
