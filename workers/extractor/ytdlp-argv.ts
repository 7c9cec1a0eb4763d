import { args } from 'yt-dlp-exec'
import type { Flags } from './ytdlp-flags.ts'

declare module 'yt-dlp-exec' {
  /** Its argument builder, which its own types leave out. */
  export function args(url: string, flags?: object): string[]
}

/** The command line that the library starts yt-dlp with; operands last, behind `--`. */
export const argvOf = (flags: Flags, operands: string[]): string[] => args('', { ...flags, '--': operands })
