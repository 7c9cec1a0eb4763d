export interface Plan {
  kind: 'video' | 'audio'
  extension: 'mp4' | 'm4a' | 'mp3'
  treatment: 'as_is' | 'remux' | 'encode'
  /** Reasons against handing the file over as it is. For the log. */
  why: string[]
  /** Pictures are encoded: the budget has a say. */
  encodesVideo: boolean
  /** Output options for ffmpeg; empty for `as_is`. Input 0 is the file, input 1 the cover if `usesCover`. */
  options: string[]
  usesCover: boolean
}

/** What people read in their player; both are display text already. */
export interface AudioTags {
  /** Empty when nobody knows it. */
  title: string
  artist: string | null
}

export interface PlanSettings {
  /** ffmpeg has `zscale`: HDR can be brought down to what every screen shows. */
  canToneMap: boolean
  /** Copying did not lead to a file that plays: encode whatever would be copied. */
  copyFailed?: boolean
  /** For audio. */
  tags?: AudioTags
  /** For audio: there is a cover to embed. */
  hasCover?: boolean
}
