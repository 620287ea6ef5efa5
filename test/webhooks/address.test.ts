/** Addresses and URLs that nobody may send us to: every range at its edges, and every way to write one. */
import { describe, expect, test } from 'vitest'
import { isLoopback, notPublic } from '../../src/engine/webhooks/address.ts'
import { judgeAnswers, judgeUrl } from '../../src/engine/webhooks/url.ts'
import { FORMS, INNER_4, INNER_6, NAMES, OUTER_4, OUTER_6, UNREADABLE, WRITTEN } from './vectors.ts'

describe('an address', () => {
  test.each([...INNER_4, ...INNER_6, ...UNREADABLE])('%s is not public', (address) => {
    expect(notPublic(address)).toEqual(expect.any(String))
  })

  test.each([...OUTER_4, ...OUTER_6])('%s is public', (address) => {
    expect(notPublic(address)).toBeNull()
  })

  test('is loopback where it is this machine, however it is written', () => {
    const yes = ['127.0.0.1', '127.255.0.9', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1']
    const no = ['128.0.0.1', '10.0.0.1', '::', '::2', '1::1', '::ffff:128.0.0.1', '2001:db8::1', 'localhost', '']
    expect(yes.filter(isLoopback)).toEqual(yes)
    expect(no.filter(isLoopback)).toEqual([])
  })
})

const strict = { localUrls: false }
const local = { localUrls: true }
const isRefused = (text: string, allowed = strict) => 'refused' in judgeUrl(text, allowed)

const FINE = [
  ...['https://example.com', 'https://example.com/', 'https://example.com/hook?token=a#b', 'HTTPS://EXAMPLE.COM/Hook'],
  ...[
    'https://example.com:443/',
    'https://example.com:8443/hook',
    'https://a.b.c.example.co.uk/x',
    'https://1e100.net/',
  ],
  ...[
    'https://bücher.example/hook',
    'https://xn--bcher-kva.example/',
    'https://my-host.example/',
    'https://_dmarc.example.com/',
  ],
  ...[
    'https://127.0.0.1.nip.io/',
    'https://internal.example.com/',
    'https://local.example.com/',
    'https://example.com/http://10.0.0.1/',
  ],
]

describe('a URL', () => {
  test.each([...WRITTEN, ...NAMES, ...FORMS])('%s is refused', (url) => {
    expect(isRefused(url)).toBe(true)
  })

  test.each(FINE)('%s is taken, for its name to be looked up', (url) => {
    expect(judgeUrl(url, strict)).toEqual({ url: new URL(url) })
  })

  test.each([
    ['http://localhost:9000/hook', false],
    ['http://127.0.0.1:9000/hook', false],
    ['https://[::1]:9000/hook', false],
    ['http://127.1:80/', false],
    ['http://user@127.0.0.1:9000/', true],
    ['ftp://127.0.0.1/', true],
    ['http://127.0.0.2/', true],
    ['http://0.0.0.0/', true],
    ['http://10.0.0.1/', true],
    ['http://169.254.169.254/', true],
    ['http://api.localhost/', true],
    ['http://example.com/', true],
  ])('where loopback is allowed, that %s is refused is %s', (url, refused) => {
    expect(isRefused(url, local)).toBe(refused)
  })
})

test('a link that others fetch may have any port, and is judged like the rest', () => {
  const refused = (url: string) => 'refused' in judgeUrl(url, strict, 'any')
  expect(refused('https://cdn.example.com:9443/a.mp3')).toBe(false)
  for (const url of ['http://cdn.example.com:9443/', 'https://10.0.0.1:9443/', 'https://u@cdn.example.com:9443/'])
    expect([url, refused(url)]).toEqual([url, true])
})

describe('the answers of a resolver', () => {
  const url = new URL('https://hooks.example.com/')
  const here = new URL('http://localhost:9000/')

  test.each([
    [[], true],
    [['93.184.216.34'], true],
    [['93.184.216.34', '2606:4700::1'], true],
    [['127.0.0.1'], false],
    [['93.184.216.34', '10.0.0.1'], false],
    [['10.0.0.1', '93.184.216.34'], false],
    [['2606:4700::1', '::1'], false],
    [['::ffff:93.184.216.34'], false],
    [['169.254.169.254'], false],
    [['nonsense'], false],
  ] as const)('%j are allowed: %s', (addresses, fine) => {
    expect(judgeAnswers(url, addresses, strict) === null).toBe(fine)
    // That this machine may be called by its own names opens nothing for others.
    expect(judgeAnswers(url, addresses, local) === null).toBe(fine)
  })

  test('may be loopback for the names of this machine alone', () => {
    expect(judgeAnswers(here, ['127.0.0.1', '::1'], local)).toBeNull()
    expect(judgeAnswers(here, ['93.184.216.34'], local)).toEqual(expect.any(String))
    expect(judgeAnswers(here, ['127.0.0.1'], strict)).toEqual(expect.any(String))
  })

  test('are not told to whoever sent the URL', () => {
    expect(judgeAnswers(url, ['10.11.12.13'], strict)).not.toContain('10.11.12.13')
  })
})
