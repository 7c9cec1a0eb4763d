import type { Update, WebhookInfo } from '@grammyjs/types'
import { z } from 'zod'
import { ApiError, badRequest } from '../api-error.ts'
import type { Call, MethodDeps } from '../call.ts'
import type { UpdateType } from '../update-queue.ts'
import { createWebhook } from '../webhook.ts'

/** core.telegram.org/bots/api#update; a name that is missing here does not compile. */
const UPDATE_TYPES: Record<UpdateType, true> = {
  message: true,
  edited_message: true,
  channel_post: true,
  edited_channel_post: true,
  business_connection: true,
  business_message: true,
  edited_business_message: true,
  deleted_business_messages: true,
  guest_message: true,
  stopped_message_generation: true,
  message_reaction: true,
  message_reaction_count: true,
  inline_query: true,
  chosen_inline_result: true,
  callback_query: true,
  shipping_query: true,
  pre_checkout_query: true,
  purchased_paid_media: true,
  poll: true,
  poll_answer: true,
  my_chat_member: true,
  chat_member: true,
  chat_join_request: true,
  chat_boost: true,
  removed_chat_boost: true,
  managed_bot: true,
  subscription: true,
}
const isUpdateType = (name: string): name is UpdateType => name in UPDATE_TYPES

/** What is no list is taken for nothing, and unknown names are dropped, as by the real server. */
function allowedUpdates({ params }: Call): UpdateType[] | undefined {
  const names = z.array(z.string()).safeParse(params.json('allowed_updates'))
  return names.success ? names.data.map((name) => name.toLowerCase()).filter(isUpdateType) : undefined
}

const isLoopback = ({ hostname }: URL) => ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)

export function createUpdateMethods({ mode, webhookRetryMs }: MethodDeps) {
  const removeWebhook = ({ bot, params }: Call) => {
    bot.webhook?.stop()
    bot.webhook = null
    if (params.flag('drop_pending_updates')) bot.updates.dropAll()
  }
  return {
    async getUpdates(call: Call): Promise<Update[]> {
      const { bot, params, signal } = call
      if (bot.webhook)
        throw new ApiError(
          409,
          "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        )
      bot.updates.allow(allowedUpdates(call))
      const limit = Math.min(100, Math.max(1, params.integer('limit') ?? 100))
      return bot.updates.poll(params.integer('offset') ?? 0, limit, params.integer('timeout') ?? 0, signal)
    },

    setWebhook(call: Call): true {
      const { bot, params } = call
      const url = params.text('url').trim()
      if (url === '') {
        removeWebhook(call)
        return true
      }
      const secretToken = params.text('secret_token')
      if (secretToken.length > 256) throw badRequest('secret token is too long')
      if (!/^[\w-]*$/.test(secretToken)) throw badRequest('secret token contains unallowed characters')
      if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
        throw badRequest('bad webhook: invalid webhook URL specified')
      // Nobody here has a certificate for 127.0.0.1, so the rule of the cloud holds for all other hosts only.
      if (mode === 'cloud' && !url.startsWith('https:') && !isLoopback(new URL(url)))
        throw badRequest('bad webhook: An HTTPS URL must be provided for webhook')
      removeWebhook(call)
      bot.updates.abortPoll('terminated by setWebhook request')
      bot.updates.allow(allowedUpdates(call))
      const maxConnections = Math.min(100, Math.max(1, params.integer('max_connections') ?? 40))
      bot.webhook = createWebhook({
        url,
        secretToken,
        maxConnections,
        queue: bot.updates,
        firstRetryMs: webhookRetryMs,
      })
      return true
    },

    deleteWebhook(call: Call): true {
      removeWebhook(call)
      return true
    },

    getWebhookInfo({ bot }: Call): WebhookInfo {
      const allowed = bot.updates.allowed()
      const error = bot.webhook?.lastError()
      return {
        url: bot.webhook?.url ?? '',
        has_custom_certificate: false,
        pending_update_count: bot.updates.pending().length,
        ...(bot.webhook ? { max_connections: bot.webhook.maxConnections } : {}),
        ...(error ? { last_error_date: error.dateS, last_error_message: error.message } : {}),
        ...(allowed ? { allowed_updates: allowed.filter(isUpdateType) } : {}),
      }
    },
  }
}
