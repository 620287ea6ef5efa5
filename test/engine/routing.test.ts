/** Which provider is asked, with what, and what is refused before anything is spent. */
import { describe, expect, it } from 'vitest'
import { MINUTE, openWorld, SECOND, SONG, type WorldOptions } from './world.ts'

const route = async (request: Record<string, unknown>, options: WorldOptions = {}) => {
  const world = openWorld(options)
  const { id } = await world.create(request)
  await world.advance(SECOND)
  return { task: await world.task(id), sent: world.sent[0]!, world }
}
const provider = async (request: Record<string, unknown>, options?: WorldOptions) =>
  (await route(request, options)).task.provider

const refusal = async (request: Record<string, unknown>, options?: WorldOptions) => {
  const world = openWorld(options)
  const error: unknown = await world.create(request, 'key').catch((reason) => reason)
  await world.advance(MINUTE)
  expect(world.sent).toEqual([])
  expect((await world.engine.listTasks('default', {})).data).toEqual([])
  return error
}

describe('routing', () => {
  it.each<[string, object, string]>([
    ['the configured order', {}, 'echo'],
    ['the one provider', { provider: 'echo-two' }, 'echo-two'],
    ['an order', { order: ['echo-three', 'echo-two'] }, 'echo-three'],
    ['an order of some', { order: ['echo-two'], ignore: ['echo-two'] }, 'echo'],
    ['only some', { only: ['echo-three', 'echo-two'] }, 'echo-two'],
    ['all but some', { ignore: ['echo', 'echo-two'] }, 'echo-three'],
  ])('follows %s', async (_, routing, expected) => {
    expect(await provider({ routing })).toBe(expected)
  })

  it('passes over a provider without a key', async () => {
    expect(await provider({}, { keys: { echo: [] } })).toBe('echo-two')
  })

  it('takes the provider that sells the model', async () => {
    expect(await provider({ model: 'v6' })).toBe('echo-three')
    expect(await provider({ model: 'v5.5' })).toBe('echo-two')
  })

  it('prefers who has a place for every field, unless the request gives an order', async () => {
    const keys = { keys: {} }
    expect(
      await provider(
        {
          mode: 'describe',
          description: 'rain',
          lyrics: undefined,
          style: undefined,
          title: undefined,
          style_weight: 0.5,
        },
        keys,
      ),
    ).toBe('echo-two')
    expect(await provider({ vocal_gender: 'male', routing: { order: ['echo-two'] } })).toBe('echo-two')
  })

  it('passes over a provider whose rule is broken', async () => {
    expect(await provider({ title: 'x'.repeat(81) })).toBe('echo-two')
  })

  it.each<[string, Record<string, unknown>, WorldOptions, string, string?, string?]>([
    ['an unknown provider', { routing: { only: ['nobody'] } }, {}, 'validation_failed', '/routing/only/0'],
    [
      'a provider without a key',
      { routing: { provider: 'echo' } },
      { keys: { echo: [] } },
      'provider_not_configured',
      '/routing',
    ],
    [
      'a routing that leaves nobody',
      { routing: { provider: 'echo', ignore: ['echo'] } },
      {},
      'validation_failed',
      '/routing',
      'contradictory',
    ],
    ['a model nobody sells', { model: 'v3.5' }, {}, 'capability_unsupported', '/model'],
    [
      'a broken rule of the only provider',
      { title: 'x'.repeat(81), routing: { provider: 'echo' } },
      {},
      'validation_failed',
      '/title',
    ],
    ['a broken rule of the language', { lyrics: undefined }, {}, 'validation_failed', '/lyrics'],
    [
      'a field that would be lost',
      { vocal_gender: 'male', routing: { provider: 'echo-two', require_parameters: true } },
      {},
      'capability_unsupported',
      '/vocal_gender',
    ],
    [
      'an unknown persona',
      { persona_id: `persona_${'0'.repeat(26)}` },
      {},
      'validation_failed',
      '/persona_id',
      'persona_unknown',
    ],
    [
      'an unknown voice',
      { voice_id: `voice_${'0'.repeat(26)}` },
      {},
      'validation_failed',
      '/voice_id',
      'voice_unknown',
    ],
  ])('refuses %s before anything is stored or sent', async (_, request, options, code, pointer, entry) => {
    const error = await refusal(request, options)
    expect(error).toMatchObject({ code })
    if (pointer !== undefined)
      expect(error).toMatchObject({
        involved: {
          errors: expect.arrayContaining([expect.objectContaining({ pointer, ...(entry ? { code: entry } : {}) })]),
        },
      })
  })
})

describe('a refusal tells the truth', () => {
  it.each<[string, Record<string, unknown>, WorldOptions, string]>([
    [
      'where its words exclude each other',
      { routing: { provider: 'echo', only: ['echo-two'] } },
      {},
      '/routing: leaves no provider: provider and only exclude each other',
    ],
    [
      'where all are ignored',
      { routing: { ignore: ['echo', 'echo-two', 'echo-three'] } },
      {},
      '/routing: leaves no provider: ignore names all there are',
    ],
    [
      'where one is excluded and the other has no key',
      { routing: { only: ['echo', 'echo-two'], ignore: ['echo-two'] } },
      { keys: { echo: [], 'echo-three': [] } },
      'No key is configured for echo; routing leaves out echo-two, which would have one',
    ],
    [
      'where nobody has a key',
      {},
      { keys: { echo: [], 'echo-two': [], 'echo-three': [] } },
      'No key is configured for echo, echo-two, echo-three',
    ],
    [
      'where nothing was sent that could have been left out',
      { vocal_gender: 'male', routing: { provider: 'echo-two', require_parameters: true } },
      {},
      'No allowed provider can do this: vocal_gender: echo-two (v5.5): has no such parameter',
    ],
  ])('%s', async (_, request, options, message) => {
    expect(await refusal(request, options)).toMatchObject({ message })
  })

  it.each<[string, string]>([
    ['echo-two', 'echo-two: has extendMusic for tracks made there only; echo, echo-three take any audio'],
    ['echo', ''],
  ])('about a source of another kind at %s', async (provider, message) => {
    const request = { source: { audio_url: 'https://cdn.example.com/a.mp3' }, routing: { provider } }
    const answer = await openWorld()
      .ask('extendMusic', request)
      .then(
        () => '',
        (reason: Error) => reason.message,
      )
    expect(answer).toBe(message === '' ? '' : `No allowed provider can do this: ${message}`)
  })
})

describe('what is sent', () => {
  it('holds the wire words, our callback URL and our user agent', async () => {
    const { sent } = await route({ instrumental: false, vocal_gender: 'male', metadata: { a: 'b' } })
    expect(sent.body).toEqual({
      words: SONG.lyrics,
      tags: SONG.style,
      name: SONG.title,
      edition: 'v5',
      mute: false,
      voice: 'male',
      length: 180,
      ring: expect.stringMatching(/^https:\/\/tutti\.example\/cb\/echo\/[0-9A-Z]{26}\.[0-9A-Z]{26}\.[0-9a-f]{32}$/),
    })
  })

  it('names a place that does not exist where a callback URL is demanded and there is none', async () => {
    const settings = { publicUrl: null }
    expect((await route({ routing: { provider: 'echo-two' } }, { settings })).sent.body.ring).toBe(
      'https://tutti.invalid/callback',
    )
    expect((await route({ routing: { provider: 'echo' } }, { settings })).sent.body).not.toHaveProperty('ring')
  })

  it.each([
    ['180 where the model takes one', {}, 180],
    ['nothing where the model ignores it', { model: 'v4', routing: { provider: 'echo' } }, undefined],
    ['what was asked for', { duration_seconds: 42 }, 42],
  ])('has as length %s', async (_, request, length) => {
    const { sent, task } = await route(request)
    expect(sent.body.length).toBe(length)
    expect(task.request).not.toHaveProperty('duration_seconds', 180)
  })

  it('is warned about where something is lost or ignored', async () => {
    const lost = await route({ vocal_gender: 'male', routing: { provider: 'echo-two' } })
    expect(lost.task.warnings).toMatchObject([{ pointer: '/vocal_gender', code: 'parameter_unsupported' }])
    expect(lost.sent.body).not.toHaveProperty('voice')
    const ignored = await route({ model: 'v4', duration_seconds: 30 })
    expect(ignored.task.warnings).toMatchObject([{ pointer: '/duration_seconds', code: 'parameter_ignored' }])
    expect((await route({})).task.warnings).toEqual([])
  })
})

describe('what is told of the providers', () => {
  it('is their state, their tables and their credits', async () => {
    const world = openWorld({ keys: { 'echo-two': [] } })
    expect(world.engine.listProviders().data.map(({ id, state }) => [id, state])).toEqual([
      ['echo', 'healthy'],
      ['echo-two', 'not_configured'],
      ['echo-three', 'healthy'],
    ])
    const row = world.engine.listCapabilities().data.find((each) => each.provider === 'echo-two')!
    expect(row).toMatchObject({
      operation: 'generateMusic',
      models: ['v5.5', 'v5'],
      fields: { vocal_gender: 'unsupported', style: 'exact' },
    })
    expect((await world.engine.getCredits()).data).toEqual([
      { provider: 'echo', credential: 'echo-key-id', remaining: 7, usd: 0.07, error: null },
    ])
  })
})
