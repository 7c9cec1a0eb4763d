/** The floor of a repeat: for each chat id that comes by IPC one sendVideo, and how many milliseconds it took. */
import { getEachMessage, sendMessage } from 'execa'
import { z } from 'zod'

const { BOT_API: botApi, FILE_ID: video } = z
  .object({ BOT_API: z.string(), FILE_ID: z.string() })
  .parse(process.env)

for await (const chatId of getEachMessage()) {
  const startedAt = performance.now()
  const response = await fetch(`${botApi}/sendVideo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: chatId, video }),
  })
  await response.text()
  if (!response.ok) throw new Error(`sendVideo answered ${response.status}`)
  await sendMessage({ ms: performance.now() - startedAt })
}
