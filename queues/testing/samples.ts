import type { MediaFile } from '../media.ts'
import type { PeopleRules } from '../people/rules.ts'
import type { Asker } from '../request.ts'

/** A file of a tiny video, for tests that do not look into it. */
export const SAMPLE_FILE: MediaFile = {
  kind: 'video',
  extension: 'mp4',
  mimeType: 'video/mp4',
  sizeBytes: 1,
  width: 2,
  height: 2,
  durationS: 1,
  title: 't',
  performer: null,
  treatment: 'as_is',
}

/** Somebody who asks in their private chat, whose id is the person's. */
export const privateAsker = (userId: number, botId = 1): Asker => ({
  ...{ botId, chatId: userId, chatType: 'private', threadId: null, userId, language: 'en', messageId: 1 },
})

/** Open to all, with every limit. */
export const SAMPLE_RULES: PeopleRules = {
  ACCESS: 'open',
  ALLOWED_USER_IDS: [],
  ADMIN_USER_IDS: [1],
  FREE_DOWNLOADS: 10,
  ABOVE_FREE: 'stop',
  ABOVE_FREE_WAIT_SECONDS: 60,
  LINKS_PER_MINUTE: 3,
  LINKS_PER_DAY: 5,
  REFERRAL_BONUS: 5,
  REFERRALS_PER_DAY: 10,
  REFERRAL_BONUS_HOURS: 0,
}
