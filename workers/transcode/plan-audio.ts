import { StageError } from '../../queues/failure.ts'
import type { AudioFacts, FileFacts } from './file-facts.ts'
import { aacFaults, mp4Faults } from './playable.ts'
import { encodeAac, encodeMp3, mapOf, ONLY_CHOSEN } from './stream-options.ts'
import type { AudioTags, Plan, PlanSettings } from './transcode-plan.ts'

/**
 * See `planTranscode`.
 * @throws StageError `no_sound` when there is no sound.
 */
export function planAudio(
  facts: FileFacts,
  codec: 'm4a' | 'mp3',
  { tags, hasCover = false, copyFailed = false }: PlanSettings,
): Plan {
  const { audio } = facts
  if (!audio) throw new StageError('no_sound')
  const sound = [...soundFaults(audio, codec), ...(copyFailed ? ['copying failed'] : [])]
  const why = [
    ...sound,
    ...(codec === 'm4a' ? mp4Faults(facts) : facts.containers.includes('mp3') ? [] : ['not an mp3']),
    ...(facts.streams > (facts.coverIndex === null ? 1 : 2) ? ['more streams than needed'] : []),
    ...(tags && !isTagged(facts, tags) ? ['tags'] : []),
    ...(hasCover && facts.coverIndex === null ? ['cover'] : []),
  ]
  const plan = { kind: 'audio', extension: codec, why, encodesVideo: false } as const
  if (why.length === 0) return { ...plan, treatment: 'as_is', options: [], usesCover: false }

  const copies = sound.length === 0
  const options = [
    ...mapOf(0, audio.index),
    // Already a JPEG: see cover.ts.
    ...(hasCover ? ['-map', '1:v:0', '-c:v', 'copy', '-disposition:v:0', 'attached_pic'] : []),
    ...ONLY_CHOSEN,
    ...(copies ? ['-c:a', 'copy'] : codec === 'm4a' ? encodeAac(audio) : encodeMp3(audio)),
    ...(tags?.title ? ['-metadata', `title=${tags.title}`] : []),
    ...(tags?.artist ? ['-metadata', `artist=${tags.artist}`] : []),
    ...(codec === 'm4a'
      ? ['-movflags', '+faststart', '-f', 'ipod']
      : // Version 3 of ID3 is what players on phones read.
        ['-id3v2_version', '3', '-f', 'mp3']),
  ]
  return { ...plan, treatment: copies ? 'remux' : 'encode', options, usesCover: hasCover }
}

/** A tag that we have nothing to say about may be as it is. */
function isTagged(facts: FileFacts, { title, artist }: AudioTags): boolean {
  return (title === '' || title === facts.title) && (artist === null || artist === facts.artist)
}

function soundFaults(audio: AudioFacts, codec: 'm4a' | 'mp3'): string[] {
  if (codec === 'm4a') return aacFaults(audio)
  return audio.codec === 'mp3' ? [] : [`codec ${audio.codec}`]
}
