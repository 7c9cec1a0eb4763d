import type { Transformer } from 'grammy'

/** grammY's types name the AbortSignal of its polyfill for old Node versions. */
export type ClientSignal = NonNullable<Parameters<Transformer>[3]>

/**
 * A signal for a grammY call: `api.sendVideo(chatId, video, {}, clientSignal(signal))`. All that grammY uses of a signal
 * (`aborted` and its listeners) the platform's own has; only the declared types do not fit.
 */
export const clientSignal = (signal: AbortSignal) => signal as unknown as ClientSignal

/** The way back, for signals that came through grammY. */
export const platformSignal = (signal: ClientSignal) => signal as unknown as AbortSignal
