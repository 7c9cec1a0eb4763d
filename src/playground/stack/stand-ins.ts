import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createBotApi } from '../bot-api/create-bot-api.ts'
import { freePort } from '../engines/free-port.ts'
import { createMediaSite } from '../media-site/media-site.ts'

/** The Bot API stand-in with its chat page, and the media site that its sample links lead to. */
export async function startStandIns({
  dir,
  mediaDir,
  botToken,
  chatPort,
  say,
}: {
  dir: string
  mediaDir: string
  botToken: string
  chatPort: number
  say: (line: string) => void
}) {
  const filesDir = join(dir, 'bot-api')
  await mkdir(filesDir, { recursive: true })
  const mediaSite = createMediaSite({ dir: mediaDir, log: say })
  await mediaSite.listen()
  const botApi = createBotApi({
    mode: 'local',
    dir: filesDir,
    flood: 'telegram',
    bots: [{ token: botToken, username: 'clipferry_bot', firstName: 'Clipferry' }],
    links: mediaSite.links,
    port: await freePort(chatPort),
  })
  try {
    await botApi.listen()
  } catch (error) {
    await mediaSite.close()
    throw error
  }
  return {
    botApi,
    mediaSite,
    async stop() {
      await Promise.all([botApi.close(), mediaSite.close()])
    },
  }
}
