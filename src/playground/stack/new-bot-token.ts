import { randomBytes, randomInt } from 'node:crypto'

/**
 * The token of a bot that never was before: its number is its user id. A stand-in starts with empty chats and counts
 * its updates from the start; under the same bot, the product would take them for ones that it has seen.
 */
export const newBotToken = () =>
  `${randomInt(7_000_000_000, 8_000_000_000)}:${randomBytes(24).toString('base64url')}`
