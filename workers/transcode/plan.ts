import type { Format } from '../../queues/media.ts'
import type { FileFacts } from './file-facts.ts'
import { planAudio } from './plan-audio.ts'
import { planVideo } from './plan-video.ts'
import type { Plan, PlanSettings } from './transcode-plan.ts'

/** Pure: what has to be done with a file so that Telegram plays it. */
export function planTranscode(facts: FileFacts, format: Format, settings: PlanSettings): Plan {
  if (format.kind === 'audio') return planAudio(facts, format.codec, settings)
  if (facts.video) return planVideo(facts, facts.video, format.height, settings)
  // A link whose formats nobody could list turned out to be a song: it is sent as one.
  return planAudio(facts, facts.audio?.codec === 'mp3' ? 'mp3' : 'm4a', settings)
}
