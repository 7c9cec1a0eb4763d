import { join } from 'node:path'
import type { User } from '@grammyjs/types'
import express, { type NextFunction, type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { messageView } from './message-view.ts'
import type { World } from './world.ts'
import type { ChatRecord } from './world-state.ts'

export interface PlaygroundLink {
  name: string
  url: string
  note: string
}

const PAGE_DIR = join(import.meta.dirname, '../chat-page/public')

const Id = z.coerce.number().int()
const UserQuery = z.object({ user: Id })
const ChatPath = z.object({ chatId: Id })
const MessagePath = z.object({ chatId: Id, id: Id })
const NewText = z.object({ user: Id, text: z.string().trim().min(1).max(4096) })
const Press = z.object({ user: Id, data: z.string().min(1).max(64) })
const Block = z.object({ user: Id, blocked: z.boolean() })
const FilePath = z.object({ fileId: z.string().min(1) })

/** What cannot be found or is not for this person. */
class NotFound extends Error {}

/** The HTTP API of the chat page, and the page itself. */
export function createPlaygroundApi(world: World, links: readonly PlaygroundLink[]) {
  const app = express()
  app.disable('x-powered-by')
  // A page of the web that has its name point to 127.0.0.1 must not write in our name.
  app.use((request, response, next) => {
    if (['127.0.0.1', 'localhost', '[::1]'].includes(request.hostname)) next()
    else response.status(403).json({ error: 'only for this machine' })
  })
  app.get('/', (_request, response) => response.redirect('/playground/'))
  app.use('/playground', routes(world, links))
  app.use((_request, response) => response.status(404).json({ error: 'not found' }))
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error)
    if (error instanceof z.ZodError) return response.status(400).json({ error: z.prettifyError(error) })
    if (error instanceof NotFound) return response.status(404).json({ error: error.message })
    // What the world refuses (a message that has gone, a blocked bot) is said in its words.
    return response.status(400).json({ error: error instanceof Error ? error.message : 'refused' })
  })
  return app
}

function routes(world: World, links: readonly PlaygroundLink[]) {
  const router = Router()
  const userOf = (id: number): User => {
    const user = world.users().find((one) => one.id === id)
    if (!user) throw new NotFound(`no user ${id}`)
    return user
  }
  const chatOf = (user: User, chatId: number): ChatRecord => {
    const chat = world.chats().find((one) => one.id === chatId && one.userIds.has(user.id))
    if (!chat) throw new NotFound(`no chat ${chatId}`)
    return chat
  }

  router.get('/state', (_request, response) => {
    const { username, first_name: firstName } = world.firstBot().user
    response.json({
      bot: { username, firstName },
      users: world.users().map((user) => ({
        id: user.id,
        firstName: user.first_name,
        languageCode: user.language_code,
      })),
      chats: world.chats().map((chat) => ({
        id: chat.id,
        type: chat.type,
        title: chat.type === 'private' ? firstName : chat.title,
        memberIds: [...chat.userIds],
        ...(chat.type === 'private' ? { blocked: chat.isBlocked } : {}),
      })),
    })
  })
  router.get('/links', (_request, response) => {
    response.json(links)
  })

  router.get('/chats/:chatId/messages', (request, response) => {
    const chat = chatOf(userOf(UserQuery.parse(request.query).user), ChatPath.parse(request.params).chatId)
    response.json({ messages: [...chat.posts.values()].map(messageView) })
  })
  router.post('/chats/:chatId/messages', express.json(), (request, response) => {
    const { user: userId, text } = NewText.parse(request.body)
    const user = userOf(userId)
    const messageId = world.sendText(user, chatOf(user, ChatPath.parse(request.params).chatId), text)
    response.json({ messageId })
  })
  router.post('/chats/:chatId/messages/:id/press', express.json(), async (request, response) => {
    const { user: userId, data } = Press.parse(request.body)
    const { chatId, id } = MessagePath.parse(request.params)
    const user = userOf(userId)
    response.json((await world.pressButton(user, chatOf(user, chatId), id, data)) ?? {})
  })
  router.delete('/chats/:chatId/messages/:id', (request, response) => {
    const user = userOf(UserQuery.parse(request.query).user)
    const { chatId, id } = MessagePath.parse(request.params)
    world.deleteMessage(user, chatOf(user, chatId), id)
    response.json({})
  })
  router.post('/chats/:chatId/block', express.json(), (request, response) => {
    const { user: userId, blocked } = Block.parse(request.body)
    const user = userOf(userId)
    const chat = chatOf(user, ChatPath.parse(request.params).chatId)
    if (chat.type !== 'private') throw new NotFound('only a private chat can be blocked')
    world.blockBot(user, blocked)
    response.json({})
  })

  router.get('/events', (request, response) => {
    const user = userOf(UserQuery.parse(request.query).user)
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    response.write(': open\n\n')
    const forget = world.onChange((change) => {
      const { kind, chat } = change
      if (!chat.userIds.has(user.id)) return
      const data =
        kind === 'message'
          ? { message: messageView(change.post) }
          : kind === 'deleted'
            ? { messageId: change.messageId }
            : { action: change.action }
      response.write(`event: ${kind}\ndata: ${JSON.stringify({ chatId: chat.id, ...data })}\n\n`)
    })
    response.on('close', forget)
  })

  router.get('/files/:fileId', (request, response) => {
    const file = world.findFile(FilePath.parse(request.params).fileId)
    if (!file) throw new NotFound('no such file')
    // Media of strangers: a browser may play it, never run it.
    response.set({ 'x-content-type-options': 'nosniff', 'content-security-policy': 'sandbox' })
    response.type(file.mimeType)
    response.sendFile(file.path, { dotfiles: 'allow', headers: { 'content-type': file.mimeType } })
  })
  router.use(express.static(PAGE_DIR))
  return router
}
