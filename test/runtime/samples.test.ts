/** The documented payloads, served word for word by a real HTTP server in the provider's place, come out canonical. */
import { basename, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../src/canonical/error.ts'
import { policy } from '../../src/engine/policy.ts'
import { listenUpstream } from '../../src/platform/node/upstreams.ts'
import { adapters } from '../../src/registry.ts'
import { globSync, readFileSync } from '../files.ts'
import { type Harness, startHarness } from '../harness.ts'
import { expectProblem } from '../http/problem.ts'
import { align, lyricsPath, make, readLyrics, type Song } from './songs.ts'

interface Sample {
  readonly http?: number
  readonly wire?: unknown
  readonly text?: string
  readonly failure?: ErrorCode | null
}

const root = join(import.meta.dirname, '../../adapters')
const sample = (provider: string, operation: string, name: string): Sample =>
  JSON.parse(readFileSync(join(root, provider, 'fixtures', operation, `${name}.json`), 'utf8')) as Sample

/** A provider that says what its pages say, and nothing else. Remembers what it was asked for lyrics. */
const startPages = async (provider: string, edited: (text: string) => string = (text) => text) => {
  const { generateMusic, alignLyrics } = adapters.find(({ id }) => id === provider)!.operations
  const asked: unknown[] = []
  let lyrics: Sample = {}
  const { port, close } = await listenUpstream(
    async (request) => {
      const path = new URL(request.url).pathname
      const isLyrics = path === alignLyrics!.call.path
      if (isLyrics) asked.push(await request.json())
      const submitted = path === generateMusic!.submit.path ? 'submit-response-accepted' : 'poll-response-complete'
      const { http = 200, wire, text } = isLyrics ? lyrics : sample(provider, 'generateMusic', submitted)
      const type = text === undefined ? 'application/json' : 'text/html'
      return new Response(edited(text ?? JSON.stringify(wire)), { status: http, headers: { 'content-type': type } })
    },
    0,
    () => false,
  )
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    say: (next: Sample) => {
      lyrics = next
    },
    close,
  }
}

const SUNO = {
  words: [
    { text: "Waggin'", raw: "[Verse]\nWaggin'", start_seconds: 1.36, end_seconds: 1.79, aligned: true, confidence: 0 },
  ],
  lines: [{ section: 'Verse', start_seconds: 1.36, end_seconds: 1.79, words: [0, 1] }],
  waveform: [0, 1, 0.5, 0.75],
  error_rate: 0.3803191489361702,
  streaming: false,
}
const UDIO = {
  words: [
    { text: 'Lola', raw: '[Verse]\nLola ', start_seconds: 0.55851, end_seconds: 0.87766, aligned: true, confidence: 0 },
    { text: 'Chouch,', raw: 'Chouch, ', start_seconds: 0.91755, end_seconds: 1.91489, aligned: true, confidence: 0 },
  ],
  lines: [{ section: 'Verse', start_seconds: 0.55851, end_seconds: 1.91489, words: [0, 2] }],
  waveform: [0.00006, 0, 0.0339],
  error_rate: 0.175,
  streaming: false,
}

describe.each([
  ['kie', 'call-response-sample', SUNO, (song: string, track: string) => ({ taskId: song, audioId: track })],
  [
    'apibox',
    'call-response-documented',
    SUNO,
    (song: string, track: string) => ({ taskId: song, audioId: track, musicIndex: 0 }),
  ],
  ['udioapi', 'call-response-aligned', UDIO, (song: string, track: string) => ({ task_id: song, audio_id: track })],
] as const)('the pages of %s', (provider, name, lyrics, reference) => {
  let pages: Awaited<ReturnType<typeof startPages>>
  let harness: Harness
  let song: Song
  beforeAll(async () => {
    pages = await startPages(provider)
    harness = await startHarness({ origins: { [provider]: pages.origin } })
    song = await make(harness, { routing: { provider } })
    expect(song.status).toBe('succeeded')
  })
  // Whoever refused is not asked again for a while, unless nobody remembers.
  beforeEach(() => harness.restart())
  afterAll(async () => {
    await harness.stop()
    await pages.close()
  })

  /** Every documented error, and every assumed one: its own word, else an outcome that nobody knows. */
  const errors = globSync(`${provider}/fixtures/alignLyrics/call-response-*.json`, { cwd: root })
    .map((path) => basename(path, '.json'))
    .filter((each) => 'failure' in sample(provider, 'alignLyrics', each))
    .sort()

  test.each(errors)('say %s, and a client reads one code for it', async (error) => {
    const said = sample(provider, 'alignLyrics', error)
    pages.say(said)
    // An edge that shields the provider is the transport's word: no table of the provider holds it.
    const code = said.failure ?? (said.http === 403 ? 'provider_unavailable' : 'submission_unconfirmed')
    const { http, again } = policy[code]
    const answer = await align(harness, song.tracks[0]!.id, { 'idempotency-key': `${provider}-${error}` })
    expect(answer.headers.get('retry-after') !== null).toBe(code === 'not_ready')
    const problem = await expectProblem(answer, {
      status: http,
      code,
      retryable: again === 'later',
      charged: code === 'submission_unconfirmed',
    })
    expect(problem.provider).toBe(provider)
    const { code: native, msg, message } = (said.wire ?? {}) as { code?: number; msg?: string; message?: string }
    expect(problem.provider_code).toBe(native?.toString())
    expect(problem.provider_message).toBe(msg ?? message)
    expect((await harness.call(lyricsPath(song.tracks[0]!.id))).status).toBe(409)
  })

  test('show an alignment, and a client reads it in one form with the exact numbers', async () => {
    pages.say(sample(provider, 'alignLyrics', name))
    const track = song.tracks[0]!
    const answer = await align(harness, track.id, { 'idempotency-key': `${provider}-aligned` })
    expect(await readLyrics(answer)).toEqual({ track_id: track.id, ...lyrics })
    expect(await readLyrics(await harness.call(lyricsPath(track.id)))).toEqual({ track_id: track.id, ...lyrics })
    expect(pages.asked.at(-1)).toEqual(reference(song.attempts[0]!.provider_task_id!, track.provider_track_id!))
  })
})

test('a link that is no URI as the provider writes it leads there all the same', async () => {
  const [link, written, sent] = [
    'https://tempfile.aiquickdraw.com/r/',
    'Über %2F a/b?sig=a%2Fb',
    '%C3%9Cber%20%2F%20a/b?sig=a%2Fb',
  ]
  const pages = await startPages('kie', (text) => text.replaceAll(/(?<="audioUrl":")[^"]+/g, `${link}${written}`))
  const harness = await startHarness({ origins: { kie: pages.origin } })
  try {
    const { tracks } = await make(harness, { routing: { provider: 'kie' } })
    const answer = await harness.call(`/v1/tracks/${tracks[0]!.id}/audio`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `${link}${sent}`])
  } finally {
    await harness.stop()
    await pages.close()
  }
})
