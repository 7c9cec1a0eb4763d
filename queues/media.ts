import { hash } from 'node:crypto'
import { z } from 'zod'

/**
 * What a person can choose: a height in pixels (`v720`), a video whose height nobody knows before it is there
 * (`vbest`), or audio in a codec (`a-m4a`, `a-mp3`).
 */
export const FormatId = z.string().regex(/^(v[1-9]\d{1,4}|vbest|a-m4a|a-mp3)$/)
export type FormatId = z.infer<typeof FormatId>

export type Format = { kind: 'video'; height: number | null } | { kind: 'audio'; codec: 'm4a' | 'mp3' }

/** Reads a format id. Throws a RangeError for a text that is none. */
export function parseFormat(id: FormatId): Format {
  if (id === 'a-m4a') return { kind: 'audio', codec: 'm4a' }
  if (id === 'a-mp3') return { kind: 'audio', codec: 'mp3' }
  if (id === 'vbest') return { kind: 'video', height: null }
  const height = /^v([1-9]\d{1,4})$/.exec(id)?.[1]
  if (!height) throw new RangeError('not a format id')
  return { kind: 'video', height: Number(height) }
}

/** One format that a link really offers. */
export const Choice = z.object({
  format: FormatId,
  /** The codec as the site has it (`avc1.4d401f`, `vp9`, `mp4a.40.2`), null when the site does not say. */
  codec: z.string().nullable(),
  /** Size of video and audio together, in bytes; an estimate, null when nobody knows. */
  sizeBytes: z.number().int().positive().nullable(),
})
export type Choice = z.infer<typeof Choice>

/** What inspect found out about a link. Everything in it came from a site: untrusted. */
export const MediaFacts = z.object({
  /** Identity at the site, `extractor.id`: what youtu.be, shorts and mobile links of one video share. */
  mediaId: z.string().min(1).max(200),
  extractor: z.string(),
  title: z.string(),
  uploader: z.string().nullable(),
  durationS: z.number().nonnegative().nullable(),
  /** Best first: heights downwards, then audio. At least one. */
  choices: z.array(Choice).min(1),
  /** ISO time. */
  inspectedAt: z.iso.datetime(),
})
export type MediaFacts = z.infer<typeof MediaFacts>

/** A finished file as it goes to Telegram. */
export const MediaFile = z.object({
  kind: z.enum(['video', 'audio']),
  extension: z.enum(['mp4', 'm4a', 'mp3']),
  mimeType: z.enum(['video/mp4', 'audio/mp4', 'audio/mpeg']),
  sizeBytes: z.number().int().positive(),
  /** Pixels as they are seen, rotation applied. Null for audio. */
  width: z.number().int().positive().nullable(),
  height: z.number().int().positive().nullable(),
  durationS: z.number().nonnegative(),
  title: z.string(),
  performer: z.string().nullable(),
  /** How it was made: people are told nothing, operators see what the work was. */
  treatment: z.enum(['as_is', 'remux', 'encode']),
})
export type MediaFile = z.infer<typeof MediaFile>

/** A file that one stage hands to the next: a path below the artifact root, or a key below the staging prefix. */
export const ArtifactRef = z.string().regex(/^[A-Za-z0-9_-]+\/[A-Za-z0-9._-]+$/)
export type ArtifactRef = z.infer<typeof ArtifactRef>

/** Identity of the wanted file. The raw link is never part of it. */
export function mediaKey(mediaId: string, format: FormatId, clip = 'full', authScope = 'public'): string {
  return [mediaId, format, clip, authScope].join('.')
}

/** The site's extractor that a media key or a media id begins with. */
export const platformOf = (key: string): string => key.split('.', 1)[0] ?? ''

/** The media id of a media key: identity at the site, whatever the format. */
export const mediaIdOf = (key: string): string => key.split('.').slice(0, -3).join('.')

/** Stands for a text where it would be too long, or nobody's business. */
export const hashed = (text: string): string => hash('sha256', text, 'hex').slice(0, 32)

/** The name of a link: jobs and records carry it, the link itself is kept in one place only (`facts.ts`). */
export const linkHash = (canonicalLink: string): string => hashed(canonicalLink)
