/** Provider keys under names: how they are written, and that what was made with a key stays reachable. */
import { afterAll, describe, expect, test } from 'vitest'
import type { Task } from '../../src/canonical/task.ts'
import { withFormerIds } from '../../src/engine/credentials.ts'
import { readConfig } from '../../src/platform/config.ts'
import type { ProviderKey } from '../../src/platform/credentials.ts'
import { fingerprint } from '../../src/platform/node/keys.ts'
import { adapters } from '../../src/registry.ts'
import { startHarness } from '../harness.ts'
import { expectProblem } from '../http/problem.ts'
import { make } from './songs.ts'

const keysOf = (text: string) =>
  readConfig({ KIE_API_KEY: text }, adapters, '0').providers.find(({ adapter }) => adapter.id === 'kie')!.keys

describe('keys of the environment', () => {
  const written: readonly (readonly [text: string, keys: readonly ProviderKey[]])[] = [
    ['secret-one', ['secret-one']],
    ['secret-one, secret-two,secret-one', ['secret-one', 'secret-two']],
    [
      'main:secret-one,spare:secret-two',
      [
        { name: 'main', key: 'secret-one' },
        { name: 'spare', key: 'secret-two' },
      ],
    ],
    ['secret-one,spare:secret-two', ['secret-one', { name: 'spare', key: 'secret-two' }]],
    // The first colon ends the name; a colon in front says that there is none.
    ['main:secret:one:', [{ name: 'main', key: 'secret:one:' }]],
    [':secret:one', ['secret:one']],
    ['::secret:one', [':secret:one']],
  ]
  test.each(written)('%s', (text, keys) => {
    expect(keysOf(text)).toEqual(keys)
  })

  test.each([
    ['a name that is none', 'Main:secret-one', 'a name that is none'],
    ['a name with a space', 'my main:secret-one,spare:secret-two', 'a name that is none (entry 1)'],
    ['a name that is too long', `${'n'.repeat(33)}:secret-one`, 'a name that is none'],
    ['a name of two keys', 'main:secret-one,main:secret-two', 'the same name to entries 1 and 2'],
    ['a name without a key', 'main:', 'no key'],
    ['a key that is too short', 'main:secret-one,spare:short', 'no key (entry 2)'],
    ['one secret under two names', 'main:secret-one,spare:secret-one', 'the same secret'],
    ['one secret with and without a name', 'main:secret-one,secret-one', 'the same secret'],
  ])('%s is refused: the variable is named, nothing of the value is', (_, text, says) => {
    let message = 'accepted'
    try {
      keysOf(text)
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toMatch(/^KIE_API_KEY /)
    expect(message).toContain(says)
    for (const part of ['secret-one', 'secret-two', 'short', 'Main', 'my main', 'nnnn'])
      expect(message).not.toContain(part)
  })
})

describe('ids that a key had before', () => {
  const held = (id: string, print = id) => ({ id, fingerprint: print, key: `key of ${print}` })
  const named = (credential: string, print: string) => ({ credential, fingerprint: print })
  const formerly = (all: Parameters<typeof withFormerIds>[0], history: Parameters<typeof withFormerIds>[1]) =>
    Object.fromEntries(withFormerIds(all, history).map((each) => [each.id, each.formerly ?? []]))

  test('are every secret of its name, its own fingerprint included', () => {
    expect(formerly([held('k:main', 'f2')], [named('k:main', 'f1'), named('k:main', 'f2')])).toEqual({
      'k:main': ['f2', 'f1'],
    })
  })
  test('are the name it had, where it has another or none', () => {
    const history = [named('k:main', 'f1')]
    expect(formerly([held('k:first', 'f1')], history)).toEqual({ 'k:first': ['f1', 'k:main'] })
    expect(formerly([held('f1')], history)).toEqual({ f1: ['k:main'] })
  })
  test('are never what another key is called now', () => {
    const history = [named('k:main', 'f1'), named('k:spare', 'f2'), named('k:main', 'f2'), named('k:spare', 'f1')]
    expect(formerly([held('k:main', 'f2'), held('k:spare', 'f1')], history)).toEqual({
      'k:main': ['f2'],
      'k:spare': ['f1'],
    })
    expect(formerly([held('k:main', 'f2'), held('f1')], history.slice(0, 1))).toEqual({ 'k:main': ['f2'], f1: [] })
  })
  test('go to the first of two that could have them', () => {
    const history = [named('k:old', 'f1'), named('k:old', 'f2')]
    expect(formerly([held('f1'), held('f2')], history)).toEqual({ f1: ['k:old'], f2: [] })
  })
})

describe('a track', () => {
  let keys: readonly ProviderKey[] = ['secret-one']
  const started = startHarness({ only: ['kie'], keys: () => ({ kie: keys }) })
  afterAll(async () => (await started).stop())

  test('stays reachable when its key gets a name, when that name gets another secret, and when the name goes again', async () => {
    const harness = await started
    const sent: string[] = []
    const { upstream } = harness.upstream('kie')
    const { fetch } = upstream
    upstream.fetch = (request) => {
      sent.push(request.headers.get('authorization')!)
      // The simulated upstream knows one key only.
      const headers = new Headers(request.headers)
      headers.set('authorization', 'Bearer sandbox-kie')
      return fetch(new Request(request, { headers }))
    }
    const shown = async () => {
      const { data } = (await (await harness.call('/v1/providers')).json()) as {
        data: { id: string; credentials: { credential: string }[] }[]
      }
      return data.find(({ id }) => id === 'kie')!.credentials.map(({ credential }) => credential)
    }
    // It may be asked for again: of other things there is one of a track.
    const video = async (track: string) => harness.post(`/v1/tracks/${track}/video`, undefined)
    const reachable = async (track: string) => {
      const answer = await video(track)
      expect(answer.status, await answer.clone().text()).toBe(202)
      expect((await harness.ended(((await answer.json()) as Task).id)).status).toBe('succeeded')
      return sent.at(-1)
    }
    const song = await make(harness)
    const early = song.tracks[0]!.id
    expect(await shown()).toEqual([fingerprint('kie', 'secret-one')])

    keys = [{ name: 'main', key: 'secret-one' }]
    await harness.restart()
    expect(await shown()).toEqual(['kie:main'])
    expect(await reachable(early)).toBe('Bearer secret-one')
    const named = (await make(harness)).tracks[0]!.id

    keys = [
      { name: 'spare', key: 'secret-two' },
      { name: 'main', key: 'secret-new' },
    ]
    await harness.restart()
    expect(await shown()).toEqual(['kie:spare', 'kie:main'])
    for (const track of [early, named]) expect(await reachable(track)).toBe('Bearer secret-new')
    // The words of a track are a paid call: it finds the same key.
    const words = await harness.call(`/v1/tracks/${early}/timestamped-lyrics`, { method: 'POST' })
    expect(words.status).toBe(200)
    expect(sent.at(-1)).toBe('Bearer secret-new')

    keys = ['secret-two', 'secret-new']
    await harness.restart()
    for (const track of [early, named]) expect(await reachable(track)).toBe('Bearer secret-new')

    keys = ['secret-two']
    await harness.restart()
    await expectProblem(await video(named), { status: 503, code: 'provider_pinned_unavailable', retryable: false })
  })
})
