import { StageError } from '../../queues/failure.ts'
import type { ExtractedInfo } from '../extractor/extracted-info.ts'

/** @throws StageError for a media that can not be sent as a file now: live, upcoming, too long. */
export function refuseWhatHasNoEnd(info: ExtractedInfo, maxDurationS: number): void {
  if (info.live_status === 'is_upcoming') throw new StageError('upcoming')
  // `post_live`: over, but the site still makes the recording; a part of it would be taken for the whole.
  if (info.is_live || info.live_status === 'is_live' || info.live_status === 'post_live')
    throw new StageError('live')
  if ((info.duration ?? 0) > maxDurationS) throw new StageError('too_long')
}
