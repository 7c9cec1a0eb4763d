import { Composer, type Context } from 'grammy'
import { canonicalLink } from '../../../queues/link.ts'
import { judgeLink, type LinkRefusal } from '../../shared/link-policy.ts'
import type { BotDeps } from '../bot-deps.ts'
import { findLinks } from '../find-links.ts'
import { askerOf, languageCodeIn, originOf } from '../person.ts'
import { takeSurveyWords } from './survey-buttons.ts'

interface Judged {
  links: string[]
  refusals: LinkRefusal[]
}

/** Splits links into canonical ones, each once, and the reasons why the others are refused. */
export function judgeLinks(found: readonly string[], allowOrigins: readonly string[]): Judged {
  const verdicts = found.map((link) => judgeLink(link, { allowOrigins }))
  return {
    links: [...new Set(verdicts.flatMap((verdict) => (verdict.ok ? [canonicalLink(verdict.url)] : [])))],
    refusals: verdicts.flatMap((verdict) => (verdict.ok ? [] : [verdict.code])),
  }
}

/** In a group: whether the words are for us. (Telegram shows us other words only with privacy mode off.) */
function isForUs(ctx: Context): boolean {
  const { message, chat, me } = ctx
  if (chat?.type === 'private') return true
  const text = message?.text ?? message?.caption ?? ''
  return (
    message?.reply_to_message?.from?.id === me.id ||
    text.toLowerCase().includes(`@${me.username.toLowerCase()}`)
  )
}

/**
 * Links in any message: one job for all of them. Other words get help in a private chat; a group hears nothing unless
 * there is a link, or the words are for us.
 */
export function links(deps: BotDeps) {
  const { botId, store, messages, replies, allowOrigins } = deps
  const composer = new Composer()
  composer.on(['message:text', 'message:caption', 'message:file'], async (ctx) => {
    const asker = askerOf(botId, ctx)
    if (!asker) return
    const { message } = ctx
    const { language } = asker
    const found = findLinks(
      message.text ?? message.caption ?? '',
      message.entities ?? message.caption_entities,
    )
    const { links: accepted, refusals } = judgeLinks(found.links, allowOrigins)
    if (accepted.length > 0) {
      const origin = originOf(botId, ctx)
      await store.intake(origin, {
        ...{ kind: 'links', asker, origin, links: accepted, receivedAtMs: Date.now() },
        ...{ sentAtMs: message.date * 1000, languageCode: languageCodeIn(ctx) },
      })
    }
    if (found.omitted > 0)
      replies.say(ctx, messages.text(language, 'links-cut', { count: found.links.length }))
    if (!isForUs(ctx)) return
    const [refusal] = refusals
    if (refusal) {
      const reason = messages.text(language, `failure-${refusal}`)
      const text =
        found.links.length === 1
          ? reason
          : messages.text(language, 'links-refused', { count: refusals.length, reason })
      replies.say(ctx, text)
    } else if (found.links.length === 0 && !(await takeSurveyWords(deps, ctx)))
      replies.say(ctx, messages.text(language, 'help'))
  })
  return composer
}
