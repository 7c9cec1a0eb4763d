import { describe, expect, it } from 'vitest'
import { isGlobalAddress, judgeLink, type LinkRefusal } from './link-policy.ts'

const codeOf = (text: string, allowOrigins: string[] = []) => {
  const verdict = judgeLink(text, { allowOrigins })
  return verdict.ok ? 'ok' : verdict.code
}

const PRIVATE_HOSTS =
  `127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 0 0.0.0.0 127.255.255.254
  127.0.0.1. 127。0。0。1 １２７.0.0.1 ①②⑦.⓪.⓪.① %31%32%37.0.0.1 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255
  192.168.0.1 192.168.255.255 169.254.169.254 169.254.0.1 2852039166 100.64.0.1 100.100.100.200 100.127.255.255
  192.0.0.192 192.0.0.8 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 192.88.99.1 192.31.196.1
  192.52.193.1 192.175.48.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 0.1.2.3
  [::] [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:8.8.8.8] [::127.0.0.1] [::7f00:1] [::a00:1]
  [::8.8.8.8] [64:ff9b::7f00:1] [64:ff9b::10.0.0.1] [64:ff9b:1::7f00:1] [64:ff9b:1:ffff::1] [2002:7f00:1::]
  [2002:a00:1::1] [2002:c0a8:101::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001::1] [2001:db8::1] [3fff::1]
  [fe80::1] [fe80::5efe:7f00:1] [febf::1] [fec0::1] [fc00::1] [fd00:ec2::254] [fd12:3456::1] [ff02::1] [ff0e::1]
  [100::1] [5f00::1] [2001:2::1] [2001:10::1] [2001:20::1] [2606:4700::5efe:7f00:1] [2606:4700::200:5efe:a00:1]
  [2606:4700::5efe:808:808] [4000::1] [1::1] [e000::1] [::ffff:0:7f00:1]
  localhost LOCALHOST localhost. foo.localhost redis intranet printer.local printer.LOCAL. metadata.google.internal
  host.docker.internal router.lan nas.home box.home.arpa 1.0.0.127.in-addr.arpa abc.onion abc.i2p foo.alt a.test
  b.invalid c.example db.corp db.private x.localdomain example.com:22 example.com:8080 example.com:6379
  8.8.8.8:5432 example.com:65535 [2606:4700::1]:9000`.split(/\s+/)

const GLOBAL_HOSTS =
  `8.8.8.8 1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
  169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 191.255.255.255 192.0.1.0
  192.0.3.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255 134744072
  [2606:4700::1111] [2a00:1450:4001::1] [2001:200::1] [2001:4860:4860::8888] [2001:db7::1] [2001:db9::1] [2003::1]
  [3ffe::1] [2606:4700::5eff:7f00:1] [2606:4700::100:5eff:a00:1]
  youtube.com youtu.be www.example.com example.com. EXAMPLE.COM localhost.example.com local.com internal.org
  mylocal.com notlocalhost.com onion.com a_b.example.com xn--e1afmkfd.xn--p1ai пример.рф münchen.de home.blog test.org
  example.com:80 example.com:443 127.0.0.1.example.com`.split(/\s+/)

describe('the host', () => {
  it.each(PRIVATE_HOSTS)('%s is refused', (host) => {
    expect(codeOf(`http://${host}/v`)).toBe('link_private_address')
    expect(codeOf(`https://${host}/v?x=1#y`)).toBe('link_private_address')
  })

  it.each(GLOBAL_HOSTS)('%s is allowed', (host) => {
    expect(codeOf(`http://${host}/v`)).toBe('ok')
    expect(codeOf(`https://${host}`)).toBe('ok')
  })
})

const REFUSED: [string, LinkRefusal][] = [
  ['file:///etc/passwd', 'link_scheme'],
  ['FILE:/etc/passwd', 'link_scheme'],
  ['ftp://example.com/a', 'link_scheme'],
  ['data:text/html,x', 'link_scheme'],
  ['gopher://example.com', 'link_scheme'],
  ['concat:a|b', 'link_scheme'],
  ['javascript:alert(1)', 'link_scheme'],
  ['ytsearch100:cats', 'link_scheme'],
  ['ytuser:somebody', 'link_scheme'],
  ['rtmp://example.com/live', 'link_scheme'],
  ['ws://example.com', 'link_scheme'],
  ['blob:https://example.com/1', 'link_scheme'],
  ['view-source:https://example.com', 'link_scheme'],
  ['tg://resolve?domain=x', 'link_scheme'],
  ['', 'link_malformed'],
  ['   ', 'link_malformed'],
  ['dQw4w9WgXcQ', 'link_malformed'],
  ['example.com/watch', 'link_malformed'],
  ['//example.com/watch', 'link_malformed'],
  ['--exec=touch /tmp/x', 'link_malformed'],
  ['-v', 'link_malformed'],
  ['http://', 'link_malformed'],
  ['http:///', 'link_malformed'],
  ['https://?q=1', 'link_malformed'],
  ['http://exa mple.com/', 'link_malformed'],
  ['http://exa<mple.com/', 'link_malformed'],
  ['http://256.256.256.256/', 'link_malformed'],
  ['http://1.2.3.4.5/', 'link_malformed'],
  ['http://[::1', 'link_malformed'],
  ['http://[fe80::1%25eth0]/', 'link_malformed'],
  ['http://example..com/', 'link_malformed'],
  ['http://example.com../', 'link_malformed'],
  ['http://.example.com/', 'link_malformed'],
  [`http://${'a'.repeat(64)}.com/`, 'link_malformed'],
  ['http://example.com:99999/', 'link_malformed'],
  ['http://example.com/a\nb', 'link_malformed'],
  ['http://exam\tple.com/', 'link_malformed'],
  ['http://example.com/\r\nHost: x', 'link_malformed'],
  ['http://example.com/\u0000', 'link_malformed'],
  ['http://example.com/\u0085', 'link_malformed'],
  ['https://example.com/v#__youtubedl_smuggle=%7B%7D', 'link_malformed'],
  ['https://example.com/v#a&__youtubedl_smuggle=x', 'link_malformed'],
  ['https://example.com/v#__youtubedl%5Fsmuggle=x', 'link_malformed'],
  ['https://example.com/?u=%23__youtubedl_smuggle', 'link_malformed'],
  ['https://user:secret@example.com/', 'link_credentials'],
  ['https://user@example.com/', 'link_credentials'],
  ['https://:secret@example.com/', 'link_credentials'],
  ['https://example.com@127.0.0.1/', 'link_credentials'],
  ['https://example.com%40x@10.0.0.1/', 'link_credentials'],
  [`https://example.com/${'a'.repeat(2048)}`, 'link_too_long'],
  [`https://example.com/${'я'.repeat(1000)}`, 'link_too_long'],
  ['a'.repeat(100_000), 'link_too_long'],
  ['http:127.0.0.1', 'link_private_address'],
  ['http:\\\\127.0.0.1\\x', 'link_private_address'],
  ['hTTp:/127.0.0.1', 'link_private_address'],
  ['http://127.0.0.1\\@example.com/', 'link_private_address'],
  ['http://127.0.0.1#@example.com/', 'link_private_address'],
]

it.each(REFUSED)('%s is refused: %s', (text, code) => {
  expect(codeOf(text)).toBe(code)
})

it.each([
  ['  https://example.com/v  ', 'https://example.com/v'],
  ['HTTPS://Example.COM/Video', 'https://example.com/Video'],
  ['http://example.com./v', 'http://example.com/v'],
  ['https://example.com:443/v', 'https://example.com/v'],
  ['https://@example.com/', 'https://example.com/'],
  [`https://example.com/${'a'.repeat(2028)}`, `https://example.com/${'a'.repeat(2028)}`],
  ['https://example.com/a%20b?u=http://127.0.0.1/', 'https://example.com/a%20b?u=http://127.0.0.1/'],
])('%s is allowed, and opened as %s', (text, href) => {
  const verdict = judgeLink(text, { allowOrigins: [] })
  expect(verdict.ok && verdict.url.href).toBe(href)
})

describe('an allowed origin', () => {
  const allowOrigins = ['http://127.0.0.1:8099', 'not an origin', 'http://media-site:80/path']
  it.each([
    ['http://127.0.0.1:8099/clip', 'ok'],
    ['http://2130706433:8099/clip', 'ok'],
    ['http://media-site/clip', 'ok'],
    ['http://127.0.0.1:8098/clip', 'link_private_address'],
    ['https://127.0.0.1:8099/clip', 'link_private_address'],
    ['http://127.0.0.2:8099/clip', 'link_private_address'],
    ['http://127.0.0.1:80990/clip', 'link_malformed'],
    ['http://127.0.0.1/clip', 'link_private_address'],
    ['http://127.0.0.1:8099@10.0.0.1/', 'link_credentials'],
    ['http://a:b@127.0.0.1:8099/', 'link_credentials'],
    ['http://127.0.0.1:8099/#__youtubedl_smuggle=1', 'link_malformed'],
    ['http://127.0.0.1:8099.example.com/', 'link_malformed'],
  ])('makes %s %s', (text, code) => {
    expect(codeOf(text, allowOrigins)).toBe(code)
  })
})

it.each([
  ['8.8.8.8', true],
  ['2606:4700::1', true],
  ['::127.0.0.1', false],
  ['example.com', false],
  ['', false],
  ['10.0.0.1', false],
  ['fe80::1%eth0', false],
])('%s as an address is global: %s', (address, global) => {
  expect(isGlobalAddress(address)).toBe(global)
})
