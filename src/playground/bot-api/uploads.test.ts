import { describe, expect, it } from 'vitest'
import { jpeg, testBotApi } from './test-bot-api.ts'

const start = async () => {
  const bot = await testBotApi()
  return { ...bot, chat_id: bot.cast.alice.id }
}
const fileIdIn = (media: unknown): string => String(Object(media).file_id)

describe('uploads', () => {
  it('become messages of their kinds', async () => {
    const { upload, chat_id } = await start()
    const chat = { chat_id: `${chat_id}` }
    const frame = { width: '640', height: '360', duration: '7' }
    const video = await upload('sendVideo', {
      ...chat,
      ...frame,
      video: ['12345', 'clip.mp4'],
      thumbnail: ['', ''],
      caption: '<b>c</b>',
      parse_mode: 'HTML',
    })
    expect(video.result).toMatchObject({
      caption: 'c',
      caption_entities: [{ type: 'bold' }],
      video: {
        width: 640,
        height: 360,
        duration: 7,
        file_size: 5,
        file_name: 'clip.mp4',
        mime_type: 'video/mp4',
      },
    })
    const audio = await upload('sendAudio', {
      ...chat,
      audio: ['1', 'ä.m4a'],
      title: 'T',
      performer: 'P',
      duration: '3',
    })
    expect(audio.result).toMatchObject({
      audio: { title: 'T', performer: 'P', duration: 3, file_name: 'ä.m4a', mime_type: 'audio/mp4' },
    })
    const photo = await upload('sendPhoto', { ...chat, photo: [jpeg(200, 100), 'p.jpg'] })
    expect(photo.result).toMatchObject({ photo: [{ width: 200, height: 100 }] })
    expect((await upload('sendVoice', { ...chat, voice: ['1', 'v.ogg'] })).result).toMatchObject({
      voice: { file_size: 1 },
    })
    const gif = await upload('sendAnimation', { ...chat, animation: ['1', 'a.gif'] })
    expect(gif.result).toMatchObject({
      animation: { mime_type: 'image/gif' },
      document: { file_name: 'a.gif' },
    })
    // What is no video that clients play is sent as a document.
    const matroska = await upload('sendVideo', { ...chat, video: ['1', 'a.mkv'] })
    expect(matroska.result).toMatchObject({ document: { mime_type: 'video/x-matroska' } })
    expect(matroska.result).not.toHaveProperty('video')
    expect((await upload('sendVideo', { ...chat, video: ['', 'a.mp4'] })).description).toBe(
      'Bad Request: file must be non-empty',
    )
    expect((await upload('sendPhoto', { ...chat, photo: ['x', 'p.jpg'] })).description).toBe(
      'Bad Request: IMAGE_PROCESS_FAILED',
    )
  })

  it.each<[string, Buffer, boolean]>([
    ['320x180', jpeg(320, 180), true],
    ['too wide', jpeg(321, 180), false],
    ['too heavy', jpeg(320, 180, 200_000), false],
    ['no JPEG', Buffer.from('GIF89a'), false],
  ])('take a thumbnail when it fits: %s', async (_name, content, isTaken) => {
    const { upload, call, chat_id } = await start()
    const params = { chat_id: `${chat_id}`, video: ['1', 'v.mp4'] as [string, string] }
    const { result } = await upload('sendVideo', { ...params, thumbnail: [content, 't.jpg'] })
    const attached = await upload('sendVideo', { ...params, thumbnail: 'attach://t', t: [content, 't.jpg'] })
    for (const sent of [result, attached.result])
      if (isTaken) expect(sent).toMatchObject({ video: { thumbnail: { width: 320, height: 180 } } })
      else expect(sent).not.toHaveProperty('video.thumbnail')
    if (!isTaken) return
    const again = await call('sendPhoto', { chat_id, photo: fileIdIn(Object(result?.video).thumbnail) })
    expect(again.description).toBe("Bad Request: can't use file of type Thumbnail as Photo")
  })

  it('make albums, whole or not at all', async () => {
    const { upload, world, chat_id } = await start()
    const album = (types: string[]) =>
      upload('sendMediaGroup', {
        chat_id: `${chat_id}`,
        media: JSON.stringify(
          types.map((type, index) => ({ type, media: `attach://f${index}`, caption: `${index}` })),
        ),
        ...Object.fromEntries(
          types.map((type, index) => [`f${index}`, [`${index}`, type === 'video' ? 'v.mp4' : 'a.mp3']]),
        ),
      })
    expect((await album(['video', 'audio'])).description).toBe(
      "Bad Request: audio can't be mixed with other media types",
    )
    expect(world.messages(chat_id)).toHaveLength(0)
    const { result } = await album(['video', 'video'])
    expect(result).toMatchObject([
      { caption: '0', video: {} },
      { caption: '1', video: {} },
    ])
    expect(new Set(world.messages(chat_id).map((message) => message.media_group_id)).size).toBe(1)
  })
})
