import { describe, expect, test, vi } from 'vitest'
import { hasMedia } from './asking.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'
import { talkIn } from './talk.ts'

const { world, person, link, state, restarts } = await runningStack()

/** A download of some eight seconds, long enough for something to happen meanwhile. */
const slowly = (name: string) => link(`/watch/slow?bytesPerSecond=400000&for=${name}`)
const group = (title: string, ...users: ReturnType<typeof person>[]) =>
  world.addGroup({ title, users: users.map(({ user }) => user) })
const fromBot = (chat: Parameters<typeof world.messages>[0]) =>
  world.messages(chat).filter(({ from }) => from?.is_bot)

describe.concurrent('a group', { timeout: PATIENCE_MS }, () => {
  test('gets the media as an answer to the one who asked; the others cannot press', async () => {
    const [alice, boris] = [person(), person('ru')]
    const asking = talkIn(world, alice.user, group('Film club', alice, boris)).ask(link('/files/clip-60.mp4'))
    expect(await asking.press(/Video/, boris.user)).toMatch(/чужой запрос/)
    expect(await asking.press(/Cancel/, boris.user)).toMatch(/чужой запрос/)
    expect(await asking.press(/Always/, boris.user)).toMatch(/чужой запрос/)
    expect(asking.history().some(({ text }) => text === 'Cancelled.' || text.includes('☑'))).toBe(false)
    await asking.press(/Video/)
    const message = await asking.untilMedia()
    expect(message.reply_to_message?.message_id).toBe(asking.messageId)
    expect(asking.answers()).toHaveLength(1)
  })

  test('hears nothing when people just talk, nor when links are refused', async () => {
    const alice = person()
    const club = group('Talk', alice)
    const talk = talkIn(world, alice.user, club)
    talk.say('nice weather')
    talk.say('http://10.0.0.1/secret.mp4')
    const asking = talk.ask(link('/files/clip-61.mp4'))
    await asking.press(/Video/)
    await asking.untilMedia()
    expect(fromBot(club)).toHaveLength(1)
  })

  test('that becomes a supergroup before the delivery gets it there, once', async () => {
    const alice = person()
    const club = group('Growing', alice)
    const asking = talkIn(world, alice.user, club).ask(slowly('migration'))
    await asking.press(/Video/)
    await asking.untilText(/Downloading/)
    const supergroup = world.migrateGroup(alice.user, club)
    await vi.waitFor(() => expect(fromBot(supergroup).filter(hasMedia)).toHaveLength(1), {
      timeout: 90_000,
      interval: 50,
    })
    await untilOver(asking.ticket(), 'delivered')
    expect(fromBot(supergroup)).toHaveLength(1)
    expect(fromBot(club).filter(hasMedia)).toEqual([])
    expect(restarts()).toBe(0)
  })

  test('throws the bot out before the delivery: the request ends, and the bot goes on', async () => {
    const alice = person()
    const club = group('Strict', alice)
    const asking = talkIn(world, alice.user, club).ask(slowly('kicked'))
    await asking.press(/Video/)
    await asking.untilText(/Downloading/)
    world.setBotStatus(alice.user, club, 'kicked')
    await untilOver(asking.ticket(), 'failed', 'chat_unreachable')
    expect(restarts()).toBe(0)
  })
})

describe.concurrent('a private chat', { timeout: PATIENCE_MS }, () => {
  test('whose ticket is deleted before the delivery gets the media by itself, once', async () => {
    const alice = person()
    const asking = alice.ask(slowly('deleted'))
    await asking.press(/Video/)
    const { message_id: ticketId } = await asking.untilText(/Downloading/)
    world.deleteMessage(alice.user, alice.chat, ticketId)
    const message = await asking.untilMedia()
    await untilOver(asking.ticket(), 'delivered')
    expect(message.message_id).not.toBe(ticketId)
    expect(fromBot(alice.chat).map(({ message_id }) => message_id)).toEqual([message.message_id])
  })

  test('whose person has blocked the bot before the delivery: the request ends, the next one is served', async () => {
    const alice = person()
    const asking = alice.ask(slowly('blocked'))
    await asking.press(/Video/)
    await asking.untilText(/Downloading/)
    world.blockBot(alice.user)
    await untilOver(asking.ticket(), 'failed', 'chat_unreachable')
    expect(restarts()).toBe(0)
    world.blockBot(alice.user, false)
    const next = alice.ask(slowly('blocked'))
    await next.press(/Video/)
    await next.untilMedia()
  })

  test('with bare words gets help', async () => {
    const boris = person('ru')
    boris.say('привет')
    await boris.untilSaid(/Пришлите|ссылк/)
  })

  test('with several links in one message gets a ticket for each', async () => {
    const alice = person()
    const paths = ['62', '63', '64'].map((number) => link(`/files/clip-${number}.mp4`))
    alice.say(`look: ${paths.join(' and ')}`)
    const titles = ['clip-62', 'clip-63', 'clip-64']
    for (const title of titles) {
      await alice.untilSaid(new RegExp(title))
      const ticket = fromBot(alice.chat).find(({ text }) => text?.includes(title))
      const [button] = (ticket?.reply_markup?.inline_keyboard ?? []).flat()
      const data = button && 'callback_data' in button ? button.callback_data : ''
      await world.pressButton(alice.user, alice.chat, ticket?.message_id ?? 0, data)
    }
    await vi.waitFor(() => expect(fromBot(alice.chat).filter(hasMedia)).toHaveLength(3), {
      timeout: 90_000,
      interval: 50,
    })
    expect(
      fromBot(alice.chat)
        .map(({ caption }) => caption)
        .sort(),
    ).toEqual(titles)
  })

  test('with a link in the caption of a picture gets a ticket', async () => {
    const alice = person()
    const url = link('/files/clip-65.mp4')
    const { id } = alice.chat
    world.firstBot().updates.push({
      message: {
        ...{ message_id: 5, date: 1, from: alice.user, chat: { id, type: 'private', first_name: 'Alice' } },
        photo: [{ file_id: 'a', file_unique_id: 'b', width: 1, height: 1 }],
        ...{ caption: `see ${url}`, caption_entities: [{ type: 'url', offset: 4, length: url.length }] },
      },
    })
    await alice.untilSaid(/clip-65/)
    const button = await alice.untilButton(/Video/)
    expect(await alice.press(button)).toBe('On it!')
    await vi.waitFor(() => expect(fromBot(alice.chat).filter(hasMedia)).toHaveLength(1), {
      timeout: 90_000,
      interval: 50,
    })
  })

  test.each([
    ['ftp://example.com/a.mp4', /only open links that start with http/],
    // No chat shows this as a link: these are words.
    ['file:///etc/passwd', /^Send me a link/],
    ['http://127.0.0.1:1/a.mp4', /private network/],
    ['http://169.254.169.254/latest/meta-data', /private network/],
    ['http://[::1]/a.mp4', /private network/],
    ['https://user:secret@example.com/a.mp4', /name or a password/],
  ])('with %s hears why not, and nothing is queued', async (bad, sentence) => {
    const alice = person()
    alice.say(bad)
    await alice.untilSaid(sentence)
    const { queues, requests } = state
    expect(await requests.active(world.firstBot().id, alice.user.id)).toEqual([])
    const jobs = await queues.queue('intake').getJobs(['completed', 'failed', 'active', 'waiting'])
    expect(jobs.filter(({ data }) => JSON.stringify(data).includes(`"userId":${alice.user.id}`))).toEqual([])
  })
})

/** Waits until a request has ended like this. */
async function untilOver(ticket: string, ending: 'delivered' | 'failed', failure: string | null = null) {
  await vi.waitFor(
    async () => expect(await state.requests.get(ticket)).toMatchObject({ state: ending, failure }),
    { timeout: 90_000, interval: 50 },
  )
}
