import { describe, expect, it } from 'vitest'
import { detectEntities } from './detect-entities.ts'
import { formattedText } from './formatted-text.ts'

const read = (text: string, parseMode: string, entities?: unknown) =>
  formattedText({ text, parseMode, entities })
/** Entities as [type, the text under it]. */
const parts = ({ text, entities }: ReturnType<typeof read>) =>
  entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)])

describe('HTML', () => {
  it('becomes text and entities', () => {
    const result = read(
      ' <b>b<i>bi</i></b> &lt;&#128512;&gt; <a href="https://x.org/?a=1&amp;b=2">link</a> <pre><code class="language-ts">1 &lt; 2</code></pre><tg-spoiler>s</tg-spoiler>\n',
      'HTML',
    )
    expect(result.text).toBe('bbi <😀> link 1 < 2s')
    expect(result.entities).toEqual([
      { type: 'bold', offset: 0, length: 3 },
      { type: 'italic', offset: 1, length: 2 },
      { type: 'text_link', offset: 9, length: 4, url: 'https://x.org/?a=1&b=2' },
      { type: 'pre', offset: 14, length: 5, language: 'ts' },
      { type: 'spoiler', offset: 19, length: 1 },
    ])
  })

  it.each([
    ['я <b>x', 'Can\'t find end tag corresponding to start tag "b"'],
    ['я <x>y</x>', 'Unsupported start tag "x" at byte offset 3'],
    ['я </b>', 'Unexpected end tag at byte offset 3'],
    ['<b>x</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
    ['1 < 2', 'Unclosed start tag at byte offset 2'],
    ['<span>x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
  ])('%s is refused', (text, reason) => {
    expect(() => read(text, 'html')).toThrow(`Bad Request: can't parse entities: ${reason}`)
  })
})

describe('MarkdownV2', () => {
  it('becomes text and entities', () => {
    const result = read(
      '*b _bi_* __u__ ~s~ ||sp|| `a\\`_` [li\\_nk](https://x.org/\\)) \\. \n```py\nx=1```\n>q1\n>q2\nend',
      'MarkdownV2',
    )
    expect(result.text).toBe('b bi u s sp a`_ li_nk . \nx=1\nq1\nq2\nend')
    expect(parts(result)).toEqual([
      ['bold', 'b bi'],
      ['italic', 'bi'],
      ['underline', 'u'],
      ['strikethrough', 's'],
      ['spoiler', 'sp'],
      ['code', 'a`_'],
      ['text_link', 'li_nk'],
      ['pre', 'x=1'],
      ['blockquote', 'q1\nq2'],
    ])
    expect(result.entities).toContainEqual(expect.objectContaining({ url: 'https://x.org/)' }))
    expect(result.entities).toContainEqual(expect.objectContaining({ language: 'py' }))
  })

  it.each([
    ['Done.', "Character '.' is reserved and must be escaped with the preceding '\\'"],
    ['я *x', "Can't find end of Bold entity at byte offset 3"],
    ['x `y', "Can't find end of Code entity at byte offset 2"],
    ['[a](b', "Can't find end of a URL at byte offset 3"],
  ])('%s is refused', (text, reason) => {
    expect(() => read(text, 'MarkdownV2')).toThrow(`Bad Request: can't parse entities: ${reason}`)
  })
})

describe('given entities', () => {
  it('are kept, moved with the trimmed text; those that Telegram finds itself are found anew', () => {
    const given = [
      { type: 'bold', offset: 2, length: 3 },
      { type: 'url', offset: 0, length: 1 },
      { type: 'code', offset: 6, length: 9 },
    ]
    const result = read('  abc youtu.be/ example.com', '', given)
    expect(parts(result)).toEqual([
      ['bold', 'abc'],
      ['code', 'youtu.be/'],
      ['url', 'example.com'],
    ])
  })

  it('must be of a known type', () => {
    expect(() => read('x', '', [{ type: 'loud', offset: 0, length: 1 }])).toThrow("can't parse MessageEntity")
  })
})

describe('detected entities', () => {
  it.each<[string, [string, string][]]>([
    ['see https://youtu.be/a_b-c?t=1.', [['url', 'https://youtu.be/a_b-c?t=1']]],
    ['(https://en.wikipedia.org/wiki/A_(b))', [['url', 'https://en.wikipedia.org/wiki/A_(b)']]],
    ['http://127.0.0.1:8080/watch?v=1#t, ok', [['url', 'http://127.0.0.1:8080/watch?v=1#t']]],
    [
      'youtube.com/watch?v=1 and пример.рф',
      [
        ['url', 'youtube.com/watch?v=1'],
        ['url', 'пример.рф'],
      ],
    ],
    ['http://localhost/x file.mp4 v1.2 a.b', []],
    ['HTTPS://EXAMPLE.COM/Ünï', [['url', 'HTTPS://EXAMPLE.COM/Ünï']]],
    [
      'mail me@example.com @alice_b',
      [
        ['email', 'me@example.com'],
        ['mention', '@alice_b'],
      ],
    ],
    [
      '/start ref_1 /dl@demo_bot a/b',
      [
        ['bot_command', '/start'],
        ['bot_command', '/dl@demo_bot'],
      ],
    ],
    ['#тег #1 a#b', [['hashtag', '#тег']]],
    ['😀 https://a.io', [['url', 'https://a.io']]],
  ])('%s', (text, expected) => {
    expect(parts({ text, entities: detectEntities(text) })).toEqual(expected)
  })
})
