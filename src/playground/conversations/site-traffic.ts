import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'

const START = 'http.server.request.start'

/**
 * What goes on at a path of the media site, which runs in this process: Node tells of every request of every HTTP
 * server here (nodejs.org/api/diagnostics_channel.html#http). Until the end of the test.
 */
export function watchTraffic(path: string) {
  let open = 0
  let cutOff = 0
  let isDown = false
  // Node passes request and response on this channel; the channel's own type says nothing of them.
  const onStart = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    if (request.url?.split('?')[0] !== path) return
    if (isDown) return void request.socket.destroy()
    open += 1
    response.once('close', () => {
      open -= 1
      if (!response.writableFinished) cutOff += 1
    })
  }
  subscribe(START, onStart)
  onTestFinished(() => void unsubscribe(START, onStart))
  return {
    /** Answers that are under way. */
    open: () => open,
    /** Answers that the other side did not wait for. */
    cutOff: () => cutOff,
    /** Hang up on everybody who asks; or answer again. */
    setDown: (down: boolean) => {
      isDown = down
    },
  }
}
