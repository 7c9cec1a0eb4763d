import { z } from 'zod'

/** A site decides what stands in these fields: one that is of no use counts as not given. */
const text = z.string().nullish().catch(null)
const amount = z.number().nonnegative().nullish().catch(null)

export const ExtractedFormat = z.object({
  ext: text,
  /** `none`: there is no such stream. Null: there may be one. */
  vcodec: text,
  acodec: text,
  /** Pixels. */
  height: amount,
  /** Bytes. */
  filesize: amount,
  filesize_approx: amount,
  /** Kilobits (1000) per second, video and audio together. */
  tbr: amount,
})
export type ExtractedFormat = z.infer<typeof ExtractedFormat>

/** What we read of yt-dlp's record of one media (README, "Output template"; formats worst first). */
export const ExtractedInfo = z.object({
  /** Media: `video`, or none given. Anything else only says where it is. */
  _type: z.literal('video').nullish(),
  id: z.union([z.string(), z.number().transform(String)]),
  /** Like `youtube`, `generic`, `twitch:vod`. */
  extractor: z.string(),
  title: text,
  uploader: text,
  channel: text,
  creator: text,
  /** Seconds. */
  duration: amount,
  is_live: z.boolean().nullish().catch(null),
  live_status: text,
  /** Worst first. */
  formats: z.array(ExtractedFormat).nullish(),
})
export type ExtractedInfo = z.infer<typeof ExtractedInfo>

/** A page with several media, or with one that yt-dlp treats like several. */
export const ExtractedPlaylist = z.object({
  _type: z.enum(['playlist', 'multi_video']),
  playlist_count: z.number().nullish(),
  entries: z.array(z.unknown()),
})
