/** A fourth provider is one folder, test/fourth, and its place in the list: nothing below src knows of it. */
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import * as z from 'zod'
import { catalogue } from '../src/canonical/catalogue.ts'
import type { Problem } from '../src/canonical/error.ts'
import type { Adapter } from '../src/contract/adapter.ts'
import { operationTable } from '../src/http/capability-matrix.ts'
import { readConfig } from '../src/platform/config.ts'
import { adapters } from '../src/registry.ts'
import type { Fault } from '../src/sandbox/faults.ts'
import { type Fixture, fixturesIn, fixturesOf, wireSchemaIn } from './contract/fixtures.ts'
import {
  closedWords,
  credentials,
  errors,
  meaning,
  oneArm,
  pure,
  responseResidue,
  roundTrip,
  square,
  submissionRoundTrip,
  unfrozen,
  unheardSignals,
  unknownWords,
  type Verdict,
  vocabulariesOf,
} from './contract/laws.ts'
import { codecFor, codecOf, formsOf, isRequest, messagesOf, orderOf, stageTableOf } from './contract/reading.ts'
import { idleRules, submissionsTo } from './contract/submissions.ts'
import { globSync, readFileSync } from './files.ts'
import { aria } from './fourth/index.ts'
import { mirror } from './fourth/mirror.ts'
import { type Harness, RUNTIME, SONG, startHarness } from './harness.ts'
import { align, make, readLyrics, type Song, shapeOf } from './runtime/songs.ts'

const folder = join(import.meta.dirname, 'fourth')
/** The registry line. */
const four: readonly Adapter[] = [...adapters, aria]

describe('its folder', () => {
  it('stands on the contract alone, and holds tables: it could be moved to adapters as it is', () => {
    for (const path of globSync('*.ts', { cwd: folder })) {
      const source = readFileSync(join(folder, path), 'utf8')
      for (const [, from] of source.matchAll(/from '([^']+)'/g))
        expect(from, path).toMatch(/^(zod|\.\/[\w./-]+|\.\.\/\.\.\/src\/(canonical|contract)\/\w+\.ts)$/)
      expect(source, path).not.toMatch(/\b(async|await|fetch|Date|Math\.random|process)\b/)
    }
  })
})

describe('the laws of the contract hold of it', () => {
  const own = fixturesIn(folder, aria)
  const others = adapters.flatMap(fixturesOf).filter(({ adapter, operation }) => operation in adapter.operations)
  const requests = own.filter(({ message }) => isRequest(message))
  const answers = own.filter(({ message }) => !isRequest(message))
  const forms = formsOf(aria)
  const over = (fixtures: readonly Fixture[], judge: (fixture: Fixture) => readonly string[]) =>
    fixtures.flatMap((fixture) => judge(fixture).map((each) => `${fixture.operation} ${fixture.name}: ${each}`))
  const judged = (fixtures: readonly Fixture[], judge: (fixture: Fixture) => Verdict) => {
    const verdicts = fixtures.map((fixture) => ({ fixture, verdict: judge(fixture) }))
    return {
      complaints: over(fixtures, (fixture) => verdicts.find((each) => each.fixture === fixture)!.verdict.complaints),
      compared: verdicts.filter(({ verdict }) => verdict.skipped === null).map(({ fixture }) => fixture.operation),
    }
  }

  it('every message of every form has a fixture, and all of them mean what they say', () => {
    const held = new Set(own.map(({ operation, message }) => `${operation} ${message}`))
    const wanted = forms.flatMap((form) => messagesOf(aria, form).map((message) => `${form} ${message}`))
    expect([...held].sort()).toEqual(wanted.sort())
    expect(over(own, meaning)).toEqual([])
    expect(over(answers, responseResidue)).toEqual([])
    expect(over(own, pure)).toEqual([])
    expect(over(own, ({ raw }) => credentials(raw))).toEqual([])
  })

  it('every failure has a name, and every name a failure', () => {
    expect(over(answers, errors)).toEqual([])
    expect(unheardSignals(aria, own)).toEqual([])
  })

  it('words are closed, tables frozen, rules about fields that are there', () => {
    expect(vocabulariesOf(aria).flatMap(closedWords)).toEqual([])
    const records = answers.filter(
      (fixture) => fixture.canonical !== undefined && stageTableOf(codecFor(fixture)) !== undefined,
    )
    expect(records.length).toBeGreaterThan(10)
    expect(over(records, unknownWords)).toEqual([])
    expect(unfrozen(aria)).toEqual([])
    expect(forms.flatMap((form) => idleRules(aria, form))).toEqual([])
  })

  it('round trips: what it says itself, and what the others say', () => {
    const mine = judged(own, (fixture) => roundTrip(aria, fixture))
    expect(mine.complaints).toEqual([])
    expect(new Set(mine.compared)).toEqual(new Set(forms))
    const theirs = judged(others, (fixture) => roundTrip(aria, fixture))
    expect(theirs.complaints).toEqual([])
    expect(new Set(theirs.compared)).toEqual(new Set(forms))
  })

  it.each(adapters)('square: $id is asked for what its clients ask for, and the other way round', (other) => {
    const both = forms.filter((form) => form in other.operations)
    const out = judged(requests, (fixture) => square(fixture, other))
    expect(out.complaints).toEqual([])
    expect(new Set(out.compared)).toEqual(new Set(both))
    const asked = others.filter(({ adapter, message }) => adapter === other && isRequest(message))
    const back = judged(asked, (fixture) => square(fixture, aria))
    expect(back.complaints).toEqual([])
    expect(new Set(back.compared)).toEqual(new Set(both))
  })

  describe('its wire schemas', () => {
    const ajv = new Ajv2020({ allErrors: true, strict: false })
    const validators = new Map(
      forms.flatMap((form) =>
        messagesOf(aria, form)
          .filter(isRequest)
          .map((message) => {
            const schema = wireSchemaIn(folder, form, message.split('.')[0]!)
            return [`${form} ${message}`, ajv.compile(schema ?? false)] as const
          }),
      ),
    )
    const judge = (about: Pick<Fixture, 'operation' | 'message'>, wire: unknown): string[] => {
      const validate = validators.get(`${about.operation} ${about.message}`)!
      return validate(JSON.parse(JSON.stringify(wire)))
        ? []
        : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`)
    }

    it('take what is documented and what the tables write', () => {
      expect(over(requests, (fixture) => judge(fixture, fixture.wire))).toEqual([])
      expect(over(requests, (fixture) => judge(fixture, z.encode(codecFor(fixture), fixture.canonical)))).toEqual([])
    })

    it.each(forms)('take any submission that models and rules allow, which comes back as it was: %s', (form) => {
      const message = orderOf(aria, form)
      const codec = codecOf(aria, form, message)!
      const property = fc.property(submissionsTo(aria, form), (submission) => {
        const wire = z.encode(codec, submission)
        expect(judge({ operation: form, message }, wire)).toEqual([])
        expect(oneArm(codec, wire)).toEqual([])
        expect(submissionRoundTrip(codec, submission)).toEqual({ complaints: [], skipped: null })
      })
      fc.assert(property, { seed: 20_261_121, numRuns: 100 })
    })
  })
})

describe('what is derived from the list has it', () => {
  it('a column of the capability table', () => {
    const [head, , ...rows] = operationTable(four)
      .split('\n')
      .map((line) => line.slice(2, -2).split(' | '))
    expect(head).toEqual(['operation', ...adapters.map(({ id }) => id), 'aria'])
    const yes = rows.filter((cells) => cells.at(-1) !== '–').map(([operation]) => operation!.replaceAll('`', ''))
    expect(yes.sort()).toEqual([...Object.keys(aria.operations), 'importTrack'].sort())
  })

  it('variables of its own', () => {
    const env = {
      ARIA_API_KEY: 'aria-key-1',
      ARIA_BASE_URL: 'https://eu.aria.example/studio/',
      TUTTI_ROUTING: 'aria',
    }
    const { providers } = readConfig(env, four, '0')
    expect(providers.map(({ adapter }) => adapter.id)).toEqual(['aria', ...adapters.map(({ id }) => id)])
    expect(providers[0]).toMatchObject({ keys: ['aria-key-1'], origin: 'https://eu.aria.example/studio' })
  })
})

describe('the gateway, with it beside the others', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await startHarness({ also: { adapters: [aria], mirrors: { aria: mirror } } })
  })
  afterAll(async () => {
    // Nothing that any table wrote was refused by what is documented of its provider.
    expect(four.flatMap(({ id }) => harness.upstream(id).upstream.refusals())).toEqual([])
    await harness.stop()
  })

  const routing = { provider: 'aria' }
  const get = async (path: string) => (await harness.call(path)).json() as Promise<{ data: Record<string, unknown>[] }>
  const ask = async (path: string, body: unknown) => {
    const answer = await harness.post(path, body)
    return {
      status: answer.status,
      body: (await answer.json()) as Pick<Song, 'id'> & Partial<Pick<Problem, 'code' | 'detail' | 'errors'>>,
    }
  }
  /** Afterwards the gateway is started again: it knows nothing bad of anybody any more. */
  const under = async <Made>(provider: string, fault: Fault, run: () => Promise<Made>): Promise<Made> => {
    await harness.fault(provider, fault)
    const made = await run()
    await harness.fault(provider, null)
    await harness.restart()
    return made
  }
  const magic = async (url: string) => {
    const answer = await fetch(url)
    expect(answer.status).toBe(200)
    return new TextDecoder('latin1').decode((await answer.arrayBuffer()).slice(0, 4))
  }

  test('the same request ends with tracks, audio and timed lyrics, in the shape of any other provider', async () => {
    const nullable = ['usd', 'stream_url']
    const shapes = await Promise.all(
      four.map(async ({ id: provider }) => {
        const task = await make(harness, { model: 'v5', routing: { provider } })
        expect([task.provider, task.status, task.error]).toEqual([provider, 'succeeded', null])
        expect(catalogue.generateMusic.result.parse(task)).toEqual(task)
        expect(task.tracks.map(({ status, lyrics, title }) => [status, lyrics, title])).toEqual(
          Array(2).fill(['ready', SONG.lyrics, SONG.title]),
        )
        for (const { audio } of task.tracks) expect(await magic(audio!.url)).toBe('RIFF')
        const answer = await align(harness, task.tracks[0]!.id)
        expect([answer.status, answer.headers.get('tutti-provider')]).toEqual([200, provider])
        const lyrics = await readLyrics(answer)
        expect(lyrics.words.map(({ text }) => text).join(' ')).toBe('Rain on the wire home by the light')
        const track = await get(`/v1/tracks/${task.tracks[0]!.id}`)
        return [task, track, lyrics].map((each) => shapeOf(each, nullable))
      }),
    )
    for (const shape of shapes) expect(shape).toEqual(shapes[0])
  })

  test('it extends, covers, writes and converts', async () => {
    const song = await make(harness, { routing })
    const source = { track_id: song.tracks[0]!.id }
    const made = async (path: string, body: unknown) => {
      const accepted = await ask(path, body)
      expect([accepted.status, accepted.body.detail]).toEqual([202, undefined])
      const task = await harness.ended(accepted.body.id)
      expect([task.provider, task.status, task.error]).toEqual(['aria', 'succeeded', null])
      return task
    }
    const longer = await made('/v1/music/extensions', { source, ...SONG, mode: undefined, continue_at_seconds: 12.5 })
    expect(longer.tracks.map(({ status }) => status)).toEqual(['ready', 'ready'])
    const cover = await made('/v1/music/covers', { source, routing })
    expect(cover.tracks[0]!.lyrics).toBe(SONG.lyrics)
    const { result: words } = await made('/v1/lyrics', { description: 'a lighthouse that hums', routing })
    expect(words).toMatchObject({ object: 'lyrics', variants: [{ error: null }, { error: null }] })
    const { result: file } = await made(`/v1/tracks/${source.track_id}/wav`, {})
    expect(await magic((file as { url: string }).url)).toBe('RIFF')
  })

  test.each([
    ['aria', 'kie', 'no_credits', 'provider_credits_exhausted'],
    ['kie', 'aria', 'no_credits', 'provider_credits_exhausted'],
    ['aria', 'kie', 'maintenance', 'provider_maintenance'],
    ['aria', 'kie', 'refused', 'provider_unavailable'],
    ['kie', 'aria', 'refused', 'provider_unavailable'],
  ] as const)('from %s a song goes on to %s: %s', async (from, to, fault, code) => {
    const task = await under(from, fault, () => make(harness, { routing: { order: [from, to] } }))
    if (RUNTIME === 'workers' && fault === 'refused') {
      // It may have been sent, for all that Workers know.
      expect(task.attempts.map(({ provider, state }) => [provider, state])).toEqual([[from, 'unknown']])
      return
    }
    expect([task.status, task.provider]).toEqual(['succeeded', to])
    expect(task.attempts.map(({ provider, error }) => [provider, error?.code ?? null])).toEqual([
      [from, code],
      [to, null],
    ])
  })

  test('it is never followed by another where it may have taken the song: its own callback tells', async () => {
    const before = await harness.ledgers()
    const order = { routing: { order: ['aria', 'kie'] } }
    const task = await under('aria', 'answer_lost', () => make(harness, order))
    expect(task).toMatchObject({ status: 'succeeded', provider: 'aria', attempts: [{}] })
    expect((await harness.ledgers()).accepted - before.accepted).toBe(1)
  })

  test.each([
    ['fails', 'generation_failed', 'unknown'],
    ['fails_refunded', 'generation_failed', 'refunded'],
    ['fails_content', 'content_rejected', 'unknown'],
  ] as const)('where it %s, the song says what became of it', async (fault, code, charged) => {
    const task = await under('aria', fault, () => make(harness, { routing }))
    expect(task).toMatchObject({ status: 'failed', error: { code, provider: 'aria' }, billing: { charged } })
  })

  test('providers, capabilities, credits and estimates name it', async () => {
    const providers = await get('/v1/providers')
    expect(providers.data.find(({ id }) => id === 'aria')).toMatchObject({ title: 'Aria', state: 'healthy' })
    const { data } = await get('/v1/capabilities')
    const own = data.filter(({ provider }) => provider === 'aria')
    expect(own.map(({ operation }) => operation)).toEqual(Object.keys(aria.operations))
    expect(own[0]).toMatchObject({ models: ['v5', 'v4.5', 'v4'], fields: { lyrics: 'exact', bitrate: 'unsupported' } })
    const credits = await get('/v1/credits')
    expect(credits.data.find(({ provider }) => provider === 'aria')).toMatchObject({
      remaining: expect.any(Number),
      usd: expect.any(Number),
      error: null,
    })
    const estimate = await ask('/v1/estimates', { operation: 'generateMusic', request: { ...SONG, model: 'v4.5' } })
    expect(catalogue.estimate.result.parse(estimate.body)).toMatchObject({
      candidates: expect.arrayContaining([expect.objectContaining({ provider: 'aria', credits: 50, usd: 0.05 })]),
    })
  })

  test('what it has not got is refused, naming who has it', async () => {
    const before = await harness.ledgers()
    const sound = await ask('/v1/sounds', { description: 'rain', routing })
    expect([sound.status, sound.body.code]).toEqual([422, 'capability_unsupported'])
    expect(sound.body.detail).toContain('aria: has no generateSound; kie, apibox have it')
    const newer = await ask('/v1/music/generations', { ...SONG, model: 'v6', routing })
    expect([newer.status, newer.body.code]).toEqual([422, 'capability_unsupported'])
    expect(newer.body.detail).toContain('aria: does not sell v6 for this; it has v5, v4.5, v4')
    expect(await harness.ledgers()).toEqual(before)
  })

  test('a rule and a field of its own are told like those of the others', async () => {
    const long = await ask('/v1/music/generations', { ...SONG, title: 'x'.repeat(61), routing })
    expect([long.status, long.body.errors?.[0]]).toMatchObject([422, { pointer: '/title', code: 'text_too_long' }])
    const { warnings } = await make(harness, { audio_weight: 0.5, routing })
    expect(warnings).toMatchObject([{ pointer: '/audio_weight', code: 'parameter_unsupported' }])
  })
})
