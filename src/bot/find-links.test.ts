import type { MessageEntity } from 'grammy/types'
import { describe, expect, it } from 'vitest'
import { findLinks } from './find-links.ts'

/** Marks what Telegram's own clients would mark. */
const url = (text: string, link: string): MessageEntity => ({
  type: 'url',
  offset: text.indexOf(link),
  length: link.length,
})
const textLink = (text: string, words: string, target: string): MessageEntity => ({
  type: 'text_link',
  offset: text.indexOf(words),
  length: words.length,
  url: target,
})
const linksOf = (text: string, entities: MessageEntity[] = []) => findLinks(text, entities).links

describe('what Telegram marked', () => {
  it.each([
    ['https://example.com/v', 'https://example.com/v', 'https://example.com/v'],
    ['look: youtube.com/watch?v=1 !', 'youtube.com/watch?v=1', 'https://youtube.com/watch?v=1'],
    ['example.com:8080/x', 'example.com:8080/x', 'https://example.com:8080/x'],
    ['ftp://example.com/x', 'ftp://example.com/x', 'ftp://example.com/x'],
    ['🎬🎬 https://example.com/a)', 'https://example.com/a)', 'https://example.com/a)'],
  ])('%s', (text, marked, link) => {
    expect(linksOf(text, [url(text, marked)])).toEqual([link])
  })

  it('hides links behind words', () => {
    const text = 'this one and that one'
    const entities = [
      textLink(text, 'that one', 'https://b.example.com/2'),
      textLink(text, 'this one', 'https://a.example.com/1'),
    ]
    expect(linksOf(text, entities)).toEqual(['https://a.example.com/1', 'https://b.example.com/2'])
  })

  it.each(['tg://user?id=1', 'mailto:a@example.com', 'tel:123'])('%s is not for us', (target) => {
    expect(linksOf('hello', [textLink('hello', 'hello', target)])).toEqual([])
  })

  it('survives entities that point nowhere', () => {
    expect(linksOf('hi', [{ type: 'url', offset: 10, length: 5 }])).toEqual([])
    expect(linksOf('hi', [{ type: 'url', offset: -3, length: 0 }])).toEqual([])
  })
})

describe('what Telegram did not mark', () => {
  it.each([
    ['see https://example.com/v.', ['https://example.com/v']],
    ['(https://example.com/v)', ['https://example.com/v']],
    ['https://example.com/a_(b)', ['https://example.com/a_(b)']],
    ['(https://example.com/a_(b))!', ['https://example.com/a_(b)']],
    ['«https://example.com/v»', ['https://example.com/v']],
    ['<https://example.com/v>', ['https://example.com/v']],
    ['HTTP://EXAMPLE.com/v', ['HTTP://EXAMPLE.com/v']],
    [
      'https://example.com/?a=1&b=2#c, https://example.org',
      ['https://example.com/?a=1&b=2#c', 'https://example.org'],
    ],
    ['just words, example.com and file:///etc/passwd', []],
    ['', []],
  ])('%s', (text, links) => {
    expect(linksOf(text)).toEqual(links)
  })
})

it('takes each link once, in order, and ten at most', () => {
  const text = 'https://example.com/2 https://example.com/1 https://example.com/2'
  expect(linksOf(text, [url(text, 'https://example.com/1')])).toEqual([
    'https://example.com/2',
    'https://example.com/1',
  ])
  const many = Array.from({ length: 13 }, (_, i) => `https://example.com/${i}`)
  expect(findLinks(many.join('\n'))).toEqual({ links: many.slice(0, 10), omitted: 3 })
})
