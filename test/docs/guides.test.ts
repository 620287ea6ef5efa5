/** What the guides tell people to type, typed: before at the provider's simulated upstream, after at the gateway. */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { guideOf, renewed } from '../../scripts/guides.ts'
import type { TimestampedLyrics } from '../../src/canonical/lyrics.ts'
import type { Task } from '../../src/canonical/task.ts'
import type { WebhookDelivery } from '../../src/canonical/webhook.ts'
import { Charged } from '../../src/canonical/words.ts'
import { adapters } from '../../src/registry.ts'
import { control } from '../../src/sandbox/control.ts'
import { freePort, type Harness, KEY, startHarness } from '../harness.ts'

const ROOT = join(import.meta.dirname, '../..')
const guide = (name: string) => readFileSync(join(ROOT, 'docs/guides', `${name}.md`), 'utf8')
// The snippets are typed with curl, which is no dependency of Tutti's.
const noCurl = spawnSync('curl', ['--version']).error !== undefined

/** Snippets of a guide by the word behind their language, in order. */
const snippets = (name: string, ...words: string[]): { word: string; text: string }[] =>
  [...guide(name).matchAll(/^```(?:sh|ts) (\w+)\n([\s\S]*?)^```/gm)]
    .map(([, word = '', text = '']) => ({ word, text }))
    .filter(({ word }) => words.includes(word))

let harness: Harness
let receiver: Server
let hooks = ''
let rung: string[] = []
let dir = ''

beforeAll(async () => {
  harness = await startHarness()
  receiver = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    rung.push(`${request.url} ${body}`)
    response.writeHead(204).end()
  }).listen(0, '127.0.0.1')
  await new Promise((ready) => receiver.once('listening', ready))
  hooks = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
})
afterAll(async () => {
  await harness.stop()
  receiver.close()
})
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tutti-guide-'))
  rung = []
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** One shell for all of them, as a reader has; only addresses and pauses are others. */
const run = async (texts: readonly string[], replaced: Readonly<Record<string, string>> = {}, env: object = {}) => {
  const script = Object.entries({ 'https://example.com': hooks, ...replaced }).reduce(
    (text, [from, to]) => text.replaceAll(from, to),
    texts.join('\n'),
  )
  const path = `${dirname(process.execPath)}:${process.env.PATH}`
  await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script.replace(/sleep \d+/g, 'sleep 0.1')], {
    cwd: dir,
    env: { PATH: path, TUTTI: harness.here, TUTTI_KEY: KEY, ...env },
    timeout: 25_000,
  })
}
const saved = <Body>(name: string) => JSON.parse(readFileSync(join(dir, name), 'utf8')) as Body

describe.skipIf(noCurl)('a switching guide', () => {
  it.each(adapters.map((adapter) => [adapter.id, adapter] as const))(
    'of %s makes the same song twice',
    async (id, adapter) => {
      const found = snippets(`switching-from-${id}`, 'before', 'after')
      expect(found.map(({ word }) => word)).toEqual(['before', 'after', 'before', 'after'])
      const { origin, keys } = harness.upstream(id)
      const before = (await harness.ledgers()).by[id]!
      // The order of the page is the song before and after, then the words before and after: the ids of each side are its own.
      const order = [0, 2, 1, 3].map((index) => found[index]!.text)
      await run(order, { [adapter.origins.api]: origin }, { [`${id.toUpperCase()}_API_KEY`]: keys[0] })

      const task = saved<Task>('task.json')
      expect(task).toMatchObject({ status: 'succeeded', provider: id, warnings: [] })
      const record = readFileSync(join(dir, 'record.json'), 'utf8')
      for (const { title, style } of task.tracks) {
        expect(record).toContain(title)
        expect(record).toContain(style)
      }
      const words = saved<TimestampedLyrics>('words.json').words.map(({ text }) => text)
      expect(words).toContain('wire')
      expect(readFileSync(join(dir, 'words-before.json'), 'utf8')).toContain('wire')
      const after = (await harness.ledgers()).by[id]!
      expect(after.accepted - before.accepted).toBe(2)
      expect(after.alignments - before.alignments).toBe(2)
      // Both told their receivers: the provider its own way, and we ours.
      await expect.poll(() => rung.some((said) => said.startsWith(`/hooks/${id} `))).toBe(true)
      await expect
        .poll(() => rung.some((said) => said.startsWith('/hooks/tutti ') && said.includes('task.succeeded')))
        .toBe(true)
    },
  )
})

test.each(adapters.map((adapter) => [adapter.id, adapter] as const))(
  'the tables of %s are those of its adapter',
  (id, adapter) => {
    const text = guide(`switching-from-${id}`)
    expect(renewed(text, adapter)).toBe(text)
    const without = { ...adapter, operations: { ...adapter.operations, alignLyrics: undefined } }
    expect(renewed(text, without as never)).not.toBe(text)
    expect(guideOf(adapter)).toBe(`docs/guides/switching-from-${id}.md`)
  },
)

type Schema = {
  readonly $ref?: string
  readonly items?: Schema
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
} & { readonly [Of in 'oneOf' | 'anyOf' | 'allOf']?: readonly Schema[] }
interface Described {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }>
  >
}
const document = JSON.parse(readFileSync(join(ROOT, 'openapi/gateway.json'), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** A schema with everything that it may be besides. */
const meanings = (schema: Schema | undefined): Schema[] => {
  if (schema === undefined) return []
  if (schema.$ref !== undefined) return meanings(document.components.schemas[schema.$ref.split('/').at(-1)!])
  const others = [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])]
  return [schema, ...others.flatMap(meanings)]
}
/** What stands at `tracks[].audio.url`, in every meaning of it. */
const schemasAt = (from: readonly Schema[], path: string): readonly Schema[] =>
  path.split('.').reduce((schemas, step) => {
    const found = schemas.flatMap((each) => meanings(each.properties?.[step.replace('[]', '')]))
    return step.endsWith('[]') ? found.flatMap(({ items }) => meanings(items)) : found
  }, from)
const wordsOf = (schemas: readonly Schema[]) => schemas.flatMap((each) => each.enum ?? [each.const])

/** What a row tells a client to send or to read, and is not in the schema of the operation that it stands under. */
const untrue = (name: string): string[] => {
  let path = ''
  let known: Schema[] = []
  return guide(name)
    .split('\n')
    .flatMap((line) => {
      const heading = /^### .* is `(\w+) (\S+)`$/.exec(line)
      if (heading !== null) {
        path = heading[2]!
        const { requestBody, responses } = document.paths[path]![heading[1]!.toLowerCase()]!
        const media = requestBody?.content ?? responses['200']!.content
        known = Object.values(media).flatMap(({ schema }) => meanings(schema))
      }
      const said = /^\| `.*?` \| ([^|]*)/.exec(line)?.[1] ?? ''
      const lost = [...said.matchAll(/(\()?`([^`]+)`/g)].filter(([, mark, word = '']) => {
        const [, field, value] = /^(\w+): "(\w+)"$/.exec(word) ?? []
        if (mark !== undefined) return !wordsOf(schemasAt(known, 'mode')).includes(word)
        if (field !== undefined) return !wordsOf(schemasAt(known, field)).includes(value)
        if (word === 'multipart/form-data') return false
        if (word.startsWith('{')) return !path.includes(word)
        return schemasAt(known, word).length === 0 && !wordsOf(schemasAt(known, 'stage')).includes(word)
      })
      return lost.map(([, , word]) => `${path}: ${word}`)
    })
}

test.each(adapters.map(({ id }) => id))('every field that the guide for %s names is one', (id) => {
  expect(untrue(`switching-from-${id}`)).toEqual([])
})

test.each(['quickstart', 'failover-and-billing'])('%s has every word of what was charged', (name) => {
  const line = guide(name)
    .split('\n')
    .find((each) => each.includes('charged') && each.includes('`yes`'))
  for (const word of Charged.options) expect(line).toContain(`\`${word}\``)
})

describe.skipIf(noCurl)('a guide', () => {
  it('takes everything away, and deletes it', async () => {
    await run(snippets('data', 'run').map(({ text }) => text))
    const { id } = saved<Task>('task.json')
    expect(readFileSync(join(dir, 'tasks.jsonl'), 'utf8')).toContain(id)
    expect(saved('deleted.json')).toMatchObject({ id, deleted: true, billing: { charged: 'yes' } })
    expect(saved('tombstone.json')).toEqual(saved('deleted.json'))
  })

  it('leads from nothing to a song with its words', async () => {
    await run(snippets('quickstart', 'run').map(({ text }) => text))
    expect(saved<Task>('task.json')).toMatchObject({ status: 'succeeded', billing: { charged: 'yes' } })
    expect(readFileSync(join(dir, 'song.wav')).subarray(0, 4).toString()).toBe('RIFF')
    expect(readFileSync(join(dir, 'song.vtt'), 'utf8')).toMatch(/^WEBVTT/)
  })

  it('shows a failover that is charged once', async () => {
    const switches = control(adapters.map(({ id }) => harness.upstream(id)))
    const sandbox = createServer(async (request, response) => {
      let body = ''
      for await (const part of request) body += part
      const { method = 'GET', url = '/' } = request
      const answer = await switches(new Request(`http://127.0.0.1${url}`, { method, body }))
      response.writeHead(answer.status).end(await answer.text())
    }).listen(0, '127.0.0.1')
    await new Promise((ready) => sandbox.once('listening', ready))
    const here = `http://127.0.0.1:${(sandbox.address() as AddressInfo).port}/sandbox`
    await run(
      snippets('failover-and-billing', 'run').map(({ text }) => text),
      { '$TUTTI/sandbox': here },
    )
    sandbox.close()
    const attempts = readFileSync(join(dir, 'attempts.txt'), 'utf8').trim().split('\n')
    expect(attempts).toEqual(['kie refused, charged: no', 'apibox accepted, charged: yes'])
  })

  it('has a receiver that takes what is signed and nothing else', async () => {
    const [receiving] = snippets('webhooks', 'receiver')
    writeFileSync(join(dir, 'receiver.ts'), receiving!.text)
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
    const { secret } = (await (await harness.call('/v1/webhook-secret')).json()) as { secret: string }
    const port = String(await freePort())
    const env = { PATH: process.env.PATH, PORT: port, TUTTI_WEBHOOK_SECRET: secret }
    const listening = spawn(process.execPath, ['receiver.ts'], { cwd: dir, env, stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      let heard = ''
      listening.stdout.on('data', (part: Buffer) => {
        heard += part
      })
      const here = `http://127.0.0.1:${port}`
      const forged = () =>
        fetch(here, { method: 'POST', body: '{}' }).then(
          ({ status }) => status,
          () => 0,
        )
      await expect.poll(forged, { timeout: 10_000 }).toBe(400)
      // So long that it comes in parts, some of which end inside a letter.
      const long = JSON.stringify({ type: 'long', seq: 1, text: '€'.repeat(200_000) })
      const now = new Date()
      const signed = {
        'webhook-id': 'evt_long',
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign('evt_long', now, long),
      }
      expect((await fetch(here, { method: 'POST', headers: signed, body: long })).status).toBe(204)
      await run(
        snippets('webhooks', 'run').map(({ text }) => text),
        { 'https://example.com': here },
      )
      expect(saved<{ secret: string }>('secret.json').secret).toBe(secret)
      expect(saved<WebhookDelivery>('delivery.json').object).toBe('webhook_delivery')
      await expect.poll(() => heard, { timeout: 10_000 }).toMatch(/^task\.succeeded \d+$/m)
    } finally {
      listening.kill()
    }
  })
})
