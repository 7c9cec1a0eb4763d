import { Bot, type Context } from 'grammy'
import type { Telegram } from '../shared/telegram/create-telegram.ts'
import type { BotDeps } from './bot-deps.ts'
import { accessCommands } from './features/access-commands.ts'
import { adButton } from './features/ad-button.ts'
import { cancelCommand } from './features/cancel-command.ts'
import { helpCommand } from './features/help-command.ts'
import { links } from './features/links.ts'
import { privacyCommand } from './features/privacy-command.ts'
import { qualityCommand } from './features/quality-command.ts'
import { referralCommand } from './features/referral-command.ts'
import { reportCommands } from './features/report-commands.ts'
import { startCommand } from './features/start-command.ts'
import { statsCommand } from './features/stats-command.ts'
import { surveyButtons } from './features/survey-buttons.ts'
import { ticketButtons } from './features/ticket-buttons.ts'
import { whoIsHere } from './features/who-is-here.ts'
import { poisonGuard } from './poison-guard.ts'

/** The updates that we want; everything else (edits, channel posts, inline queries) is not even sent to us. */
export const ALLOWED_UPDATES = ['message', 'callback_query'] as const

/** A command, or a press. What most people send is a link: it need not pass every command and every button. */
const isOrder = ({ message }: Context): boolean =>
  !message || Boolean(message.entities?.some(({ type }) => type === 'bot_command'))

/**
 * The bot: updates in, jobs out. `handleUpdate` resolves when what the update asks for is safe in the queue, and
 * rejects (a BotError, its `error` a StoreAway when Redis is away) when the same update must be handled again.
 */
export function createBot(token: string, telegram: Telegram, deps: BotDeps): Bot {
  const bot = new Bot(token, { client: telegram.client })
  bot.api.config.use(telegram.transformer)
  bot.use(poisonGuard(deps))
  bot.filter(
    isOrder,
    whoIsHere(deps),
    startCommand(deps),
    helpCommand(deps),
    cancelCommand(deps),
    qualityCommand(deps),
    statsCommand(deps),
    accessCommands(deps),
    privacyCommand(deps),
    reportCommands(deps),
    referralCommand(deps),
    adButton(deps),
    surveyButtons(deps),
    ticketButtons(deps),
  )
  bot.use(links(deps))
  return bot
}
