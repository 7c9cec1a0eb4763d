import { z } from 'zod'
import { activeUsers, platforms, summary, topVideos } from './all-time.ts'
import { defineEndpoint } from './endpoint.ts'
import { DEFAULT_ROWS } from './parameters.ts'

const count = z.int().nonnegative()
const DEFAULT_ACTIVE_DAYS = 7

/** What was there before there were metrics: numbers of all time, over all bots, in the shapes that scripts know. */
export const SIMPLE_ENDPOINTS = [
  defineEndpoint({
    id: 'summary',
    title: 'All there is',
    description: 'People, media and downloads of all time.',
    takes: [],
    answer: z.object({ users_count: count, videos_count: count, total_downloads: count }),
    columns: ['users_count', 'videos_count', 'total_downloads'],
    ask: (db) => summary(db),
    rows: (answer) => [answer],
  }),
  defineEndpoint({
    id: 'top-videos',
    title: 'Media that were downloaded most',
    description: 'Of all time, the first one first.',
    takes: ['limit'],
    answer: z.array(
      z.object({
        video_id: z.string(),
        platform: z.string(),
        total_downloads: count,
        last_download_at: z.string().describe('In UTC, without a zone'),
      }),
    ),
    columns: ['video_id', 'platform', 'total_downloads', 'last_download_at'],
    ask: (db, { limit = DEFAULT_ROWS }) => topVideos(db, limit),
    rows: (answer) => answer,
  }),
  defineEndpoint({
    id: 'platforms',
    title: 'Downloads by site',
    description: 'Of all time, by the name of the site.',
    takes: [],
    answer: z.record(z.string(), count),
    columns: ['platform', 'total_downloads'],
    ask: (db) => platforms(db),
    rows: (answer) =>
      Object.entries(answer).map(([platform, total_downloads]) => ({ platform, total_downloads })),
  }),
  defineEndpoint({
    id: 'active-users',
    title: 'Active people',
    description: 'People who did something of their own accord today or in the days before it.',
    takes: ['days'],
    answer: z.object({ days: count, active_users_count: count }),
    columns: ['days', 'active_users_count'],
    ask: (db, { days = DEFAULT_ACTIVE_DAYS }, timeZone) => activeUsers(db, days, timeZone),
    rows: (answer) => [answer],
  }),
]
