import { badRequest } from '../api-error.ts'
import type { Call, MethodDeps } from '../call.ts'
import { parseInlineResults } from '../inline-result.ts'
import { present } from '../present.ts'

export function createAnswerMethods({ callbacks, inlines, files }: MethodDeps) {
  return {
    answerCallbackQuery({ bot, params }: Call): true {
      const text = params.text('text')
      if (text.length > 200) throw badRequest('MESSAGE_TOO_LONG')
      const answer = present({ text: text || undefined, url: params.text('url') || undefined })
      callbacks.answer(bot.id, params.text('callback_query_id'), {
        ...answer,
        ...(params.flag('show_alert') ? { showAlert: true } : {}),
      })
      return true
    },

    answerInlineQuery({ bot, params }: Call): true {
      const results = parseInlineResults(files, bot.id, params.json('results') ?? [])
      inlines.answer(bot.id, params.text('inline_query_id'), {
        results,
        nextOffset: params.text('next_offset'),
      })
      return true
    },
  }
}
