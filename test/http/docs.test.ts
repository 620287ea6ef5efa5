/** The pages: what they answer, that nothing outside is loaded, that every link leads somewhere and every error is explained. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOMParser } from '@xmldom/xmldom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildDocs, SOURCES } from '../../scripts/docs.ts'
import { catalogue } from '../../src/canonical/catalogue.ts'
import { ERROR_CODES, Problem } from '../../src/canonical/error.ts'
import { FIELD_CODES } from '../../src/canonical/field-codes.ts'
import { policy } from '../../src/engine/policy.ts'
import type { Guide } from '../../src/http/docs/material.ts'
import { createDocs } from '../../src/http/docs/site.ts'
import { readDocs } from '../../src/platform/node/docs.ts'
import { type Harness, startHarness } from '../harness.ts'
import { expectProblem } from './problem.ts'

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../openapi/gateway.json'), 'utf8')
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

let harness: Harness
let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-docs-'))
  buildDocs(folder)
  harness = await startHarness({ docs: createDocs(DOCUMENT, readDocs<Guide>([folder])!) })
})
afterAll(async () => {
  await harness.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** As somebody with a browser and without a key. */
const open = (path: string, init: RequestInit = {}) =>
  harness.call(path, { key: null, headers: { accept: BROWSER }, redirect: 'manual', ...init })

const GUIDES = SOURCES.map(([, path]) => path)
const PAGES = ['/docs', '/docs/errors', '/docs/reference', ...GUIDES, ...ERROR_CODES.map((code) => `/errors/${code}`)]
const FILES: readonly (readonly [path: string, type: string])[] = [
  ['/docs/style.css', 'text/css'],
  ['/docs/frame.css', 'text/css'],
  ['/docs/start.js', 'text/javascript'],
  ['/docs/reference.js', 'text/javascript'],
  ['/docs/openapi.json', 'application/json'],
  ['/llms.txt', 'text/plain'],
  ['/llms-full.txt', 'text/plain'],
  ...GUIDES.map((path) => [`${path}.md`, 'text/markdown'] as const),
]

/** Values of an attribute in a page. */
const attributes = (text: string, name: string) =>
  [...text.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value]) => value!.replaceAll('&amp;', '&'))

test('whoever opens the address itself is led to the documentation, and a program is as well', async () => {
  for (const answer of [await open('/'), await harness.call('/', { key: null, redirect: 'manual' })])
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/docs'])
  expect((await open('/', { method: 'HEAD' })).status).toBe(302)
  await expectProblem(await open('/', { method: 'POST' }), { status: 405, code: 'method_not_allowed' })
})

describe('a page', () => {
  test.each(PAGES)('%s is whole, and may load nothing but from here', async (path) => {
    const answer = await open(path)
    const text = await answer.text()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('request-id')).toMatch(/^req_/)
    const rules = answer.headers.get('content-security-policy')!
    expect(rules).toContain("default-src 'none'")
    expect(rules).toContain("script-src 'self';")
    expect(rules).not.toMatch(/https?:|\*|unsafe-eval/)
    if (path !== '/docs/reference') expect(rules).not.toContain('unsafe')
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/)
    // What a page loads: everything but what a reader clicks.
    const loaded = [...attributes(text, 'src'), ...[...text.matchAll(/<link [^>]*href="([^"]*)"/g)].map(([, to]) => to)]
    for (const url of loaded) expect(url).toMatch(/^(\/docs\/|data:,$)/)
    expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|<script>|@import|url\(/)
  })

  test.each(PAGES)('%s has links that lead somewhere', async (path) => {
    const text = await (await open(path)).text()
    const links = [...text.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, to]) => to!)
    expect(links.length).toBeGreaterThan(0)
    for (const link of new Set(links)) {
      expect(link).toMatch(/^[/#]/)
      const [target = '', fragment] = link.split('#')
      const there = target === '' ? text : await (await open(target)).text()
      if (target !== '') expect(`${target} ${(await open(target, { method: 'HEAD' })).status}`).toBe(`${target} 200`)
      if (fragment !== undefined) expect(attributes(there, 'id')).toContain(fragment)
    }
  })

  test('is well formed', async () => {
    for (const path of PAGES.filter((each) => each !== '/docs/reference')) {
      const text = (await (await open(path)).text())
        .replace('<!doctype html>\n', '')
        .replace(/<(meta|link|br|hr|img)([^>]*?)\/?>/g, '<$1$2/>')
      const complaints: string[] = []
      new DOMParser({ onError: (_, message) => complaints.push(message) }).parseFromString(text, 'text/xml')
      expect({ path, complaints }).toEqual({ path, complaints: [] })
    }
  })

  test('that is not there is a page of its own inside /docs, and a problem for programs', async () => {
    const missing = await open('/docs/nope')
    expect(missing.status).toBe(404)
    expect(missing.headers.get('content-type')).toContain('text/html')
    expect(await missing.text()).toContain('There is no such page')
    expect([missing.headers.get('vary'), missing.headers.get('cache-control')]).toEqual(['Accept', 'no-store'])
    const text = await harness.call('/errors/not_ready', { headers: { accept: 'text/html;q=0, */*' } })
    expect(text.headers.get('content-type')).toContain('text/plain')
    await expectProblem(await harness.call('/docs/nope'), { status: 404, code: 'not_found' })
    await expectProblem(await open('/errors/nope'), { status: 404, code: 'not_found' })
  })

  test.each(['/docs', '/docs/reference.js', '/llms.txt', '/errors/not_ready'])(
    '%s takes GET and HEAD only',
    async (path) => {
      const head = await open(path, { method: 'HEAD' })
      expect(head.status).toBe(200)
      expect(await head.text()).toBe('')
      const wrong = await open(path, { method: 'POST' })
      expect(wrong.headers.get('allow')).toBe('GET, HEAD')
      await expectProblem(wrong, { status: 405, code: 'method_not_allowed' })
    },
  )

  test('that has not changed is not sent again', async () => {
    const first = await open('/docs')
    const again = await open('/docs', { headers: { accept: BROWSER, 'if-none-match': first.headers.get('etag')! } })
    expect(again.status).toBe(304)
  })
})

test.each(FILES)('%s is %s', async (path, type) => {
  const answer = await open(path, { headers: { accept: '*/*' } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe(`${type}; charset=utf-8`)
  expect((await answer.text()).length).toBeGreaterThan(100)
})

describe('the reference', () => {
  test('is drawn by a script of ours, packed or not', async () => {
    const packed = await open('/docs/reference.js', { headers: { 'accept-encoding': 'gzip' } })
    const plain = await open('/docs/reference.js', { headers: { 'accept-encoding': 'identity' } })
    const refused = await open('/docs/reference.js', { headers: { 'accept-encoding': 'gzip;q=0, identity' } })
    expect(refused.headers.get('content-encoding')).toBeNull()
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect(plain.headers.get('content-encoding')).toBeNull()
    const text = await plain.text()
    expect(await packed.text()).toBe(text)
    expect(text).toContain('createApiReference')
  })

  test('has every operation of the document, each with samples in four languages', async () => {
    const shown = (await (await open('/docs/openapi.json')).json()) as typeof served
    const served = JSON.parse(DOCUMENT) as {
      paths: Record<string, Record<string, { 'x-codeSamples'?: { label: string }[] }>>
    }
    for (const [path, methods] of Object.entries(served.paths))
      for (const method of Object.keys(methods)) {
        const { 'x-codeSamples': samples, ...operation } = shown.paths[path]![method]!
        expect(operation).toEqual(methods[method])
        expect(samples?.map(({ label }) => label)).toEqual(['curl', 'TypeScript', 'Python', 'Go'])
      }
  })
})

describe('an error code', () => {
  test.each(ERROR_CODES)('%s is explained to people and to programs', async (code) => {
    const page = await (await open(`/errors/${code}`)).text()
    const answer = await harness.call(`/errors/${code}`, { key: null })
    const text = await answer.text()
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answer.headers.get('vary')).toContain('Accept')
    const { again, charged, http } = policy[code]
    for (const shown of [page, text]) {
      expect(shown).toContain(String(http))
      expect(shown).toMatch(/Cause/)
      expect(shown).toMatch(/What to do/)
      expect(shown).toContain(again === 'later' ? 'Yes: the same call' : 'No: repeating the same call')
      expect(shown).toContain(charged === 'no' ? 'No: nothing was charged' : 'Maybe: see')
    }
    const [, example = ''] = /<pre><code>([\s\S]*?)<\/code><\/pre>/.exec(page) ?? []
    const problem = Problem.parse(
      JSON.parse(
        example.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
      ),
    )
    expect(problem).toMatchObject({ code, status: http, retryable: again === 'later', type: `/errors/${code}` })
  })

  test.each(FIELD_CODES)('%s, of a field, is explained beside them', async (code) => {
    expect(await (await open('/docs/errors')).text()).toMatch(new RegExp(`<td><code>${code}</code></td><td>\\w`))
  })

  test('that is answered leads to its page', async () => {
    const problem = (await (await harness.call('/v1/tasks', { key: null })).json()) as Problem
    expect(await (await open(problem.type)).text()).toContain('<h1><code>missing_api_key</code></h1>')
  })
})

describe('for programs that read', () => {
  test('llms.txt names every guide, operation and error, and its links lead somewhere', async () => {
    const text = await (await open('/llms.txt')).text()
    expect(text).toMatch(/^# Tutti\n\n> /)
    for (const { method, path } of Object.values(catalogue))
      expect(text).toContain(`\`${method.toUpperCase()} ${path}\``)
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, to]) => to!)
    expect(links).toEqual(expect.arrayContaining([...GUIDES.map((path) => `${path}.md`), '/errors/not_ready']))
    for (const link of links) expect(`${link} ${(await open(link, { method: 'HEAD' })).status}`).toBe(`${link} 200`)
  })

  test('llms-full.txt has all of it', async () => {
    const text = await (await open('/llms-full.txt')).text()
    for (const path of GUIDES) expect(text).toContain((await (await open(`${path}.md`)).text()).trim())
    for (const code of ERROR_CODES) expect(text).toContain(`# ${code}\n`)
  })
})

test('a gateway without pages says what a code means all the same', async () => {
  const bare = await startHarness()
  expect(await (await bare.call('/errors/not_ready', { headers: { accept: BROWSER } })).text()).toContain('not_ready')
  await expectProblem(await bare.call('/docs'), { status: 404, code: 'not_found' })
  await bare.stop()
})
