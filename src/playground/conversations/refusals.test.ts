import { describe, expect, test } from 'vitest'
import { FAILURES, type FailureCode } from '../../../queues/failure.ts'
import { createMessages } from '../../shared/messages/messages.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'

const { person, link, restarts } = await runningStack({
  MAX_FILE_MB: '6',
  FETCH_NO_PROGRESS_SECONDS: '4',
})
const messages = createMessages()

/** Path, what is wrong, and whether that shows only when the file is fetched. */
const CASES: [string, FailureCode, 'at once' | 'in the fetch'][] = [
  ['/watch/gone', 'gone', 'at once'],
  ['/watch/removed', 'gone', 'at once'],
  // A 403 may mean private, or a login: the server does not say.
  ['/watch/private', 'login_required', 'at once'],
  ['/watch/login', 'login_required', 'at once'],
  ['/watch/geo', 'geo_blocked', 'at once'],
  ['/watch/ratelimited', 'rate_limited', 'at once'],
  ['/watch/down', 'site_error', 'at once'],
  ['/watch/live', 'live', 'at once'],
  ['/watch/playlist', 'playlist', 'at once'],
  ['/watch/long', 'too_long', 'at once'],
  // yt-dlp says the same of a page without media and of a player that it does not know.
  ['/watch/nothing', 'unsupported', 'at once'],
  ['/watch/nowhere', 'gone', 'at once'],
  ['/watch/endless', 'too_large', 'in the fetch'],
  ['/watch/huge', 'too_large', 'in the fetch'],
  ['/watch/stall', 'stalled', 'in the fetch'],
  ['/watch/drip', 'stalled', 'in the fetch'],
  ['/watch/garbled', 'not_media', 'in the fetch'],
]

describe.concurrent('what a site refuses, everybody hears once, in their language', {
  timeout: PATIENCE_MS,
}, () => {
  test.each(CASES)('%s: %s, %s', async (path, code, when) => {
    await Promise.all(
      (['en', 'ru'] as const).map(async (language) => {
        const asking = person(language).ask(link(path))
        if (when === 'in the fetch') await asking.press(/🎬/)
        const { text = '' } = await asking.untilText(/(Code|Код) [0-9A-Z]{6,}$/)
        const ticket = asking.ticket()
        const reason = messages.text(language, `failure-${code}`)
        expect(text).toBe(messages.text(language, 'ticket-failed', { reason, ticket }))
        const retry = messages.text(language, 'button-retry')
        expect(asking.buttons()).toEqual(FAILURES[code].personMayRetry ? [retry] : [])
        expect(asking.answers()).toHaveLength(1)
        expect(asking.history().filter((shown) => shown.text.includes(reason))).toHaveLength(1)
      }),
    )
    expect(restarts()).toBe(0)
  })

  test('sound of a video that has none', async () => {
    const asking = person().ask(link('/files/silent.mp4'))
    await asking.press(/MP3/)
    const { text = '' } = await asking.untilText(/Code [0-9A-Z]{6,}$/)
    expect(text).toContain(messages.text('en', 'failure-no_sound'))
  })
})
