import { relative } from 'node:path'
import type { Stack } from './stack.ts'

/** What a person has to know when all is ready. */
export function welcome(stack: Pick<Stack, 'chatUrl' | 'webUrl' | 'adminPassword'>, logsDir: string): string {
  const start = stack.chatUrl
    ? `  Chat page   ${stack.chatUrl}/   paste a link or click a sample, get the video;
                                         as Chen you are an admin: /admin_analytics, /limits`
    : '  Telegram    your bot answers now: send it a link'
  return `
Clipferry is ready.

${start}
  Dashboard   ${stack.webUrl}/   user admin, password ${stack.adminPassword}
  Logs        ${relative(process.cwd(), logsDir)}/

Ctrl-C stops everything.
`
}
