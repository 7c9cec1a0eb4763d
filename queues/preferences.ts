import type { Redis } from 'ioredis'
import type { Keys } from './keys.ts'
import { type Choice, FormatId, parseFormat } from './media.ts'

export type Preferences = ReturnType<typeof createPreferences>

/** The one choice that a person wants from now on. Kept until they change it. */
export function createPreferences(redis: Redis, keys: Keys) {
  return {
    async get(botId: number, userId: number): Promise<FormatId | null> {
      return FormatId.safeParse(await redis.get(keys.preference(botId, userId))).data ?? null
    },
    async set(botId: number, userId: number, format: FormatId): Promise<void> {
      await redis.set(keys.preference(botId, userId), format)
    },
    async clear(botId: number, userId: number): Promise<void> {
      await redis.del(keys.preference(botId, userId))
    },
  }
}

/**
 * What a person gets without being asked: the only choice there is, or what they always want. Of heights, the
 * highest that is not above the wanted one, else the lowest there is. Null: they must be asked.
 */
export function choiceFor(choices: readonly Choice[], preference: FormatId | null): FormatId | null {
  const [only] = choices
  if (only && choices.length === 1) return only.format
  if (!preference) return null
  if (choices.some((choice) => choice.format === preference)) return preference
  const wanted = parseFormat(preference)
  if (wanted.kind === 'audio') return null
  const videos = choices.filter((choice) => parseFormat(choice.format).kind === 'video')
  const height = (choice: Choice) => {
    const format = parseFormat(choice.format)
    return format.kind === 'video' ? (format.height ?? 0) : 0
  }
  const fitting = videos.find((choice) => height(choice) <= (wanted.height ?? Number.POSITIVE_INFINITY))
  return (fitting ?? videos.at(-1))?.format ?? null
}
