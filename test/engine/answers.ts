/** What the providers that do not exist say. */
import type { UpstreamAnswer } from '../../src/engine/ports.ts'

/** `held` answers only once the test lets it, by `release`; `thrown` is a fault of the transport itself. */
export type Scripted = UpstreamAnswer | { readonly kind: 'held' } | { readonly kind: 'thrown' }

type Answered = Extract<UpstreamAnswer, { kind: 'answered' }>

export const answer = (body: unknown, status = 200, retryAfter: number | null = null): Answered => ({
  kind: 'answered',
  status,
  retryAfter,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
export const ok = (data: unknown) => answer({ code: 200, text: 'success', data })
export const no = (code: number, text = 'no', retryAfter: number | null = null) =>
  answer({ code, text, data: null }, code, retryAfter)
/** What Cloudflare says in the place of a provider it could not ask, as text and as JSON (both are given to who accepts JSON). */
export const edge = {
  text: (status: number, code = status, retryAfter: number | null = null) =>
    answer(`error code: ${code}\n`, status, retryAfter),
  json: (status: number, code = status, retryAfter: number | null = null) =>
    answer(
      {
        type: `https://developers.cloudflare.com/support/troubleshooting/error-${code}/`,
        title: `Error ${code}`,
        status,
        error_code: code,
        cloudflare_error: true,
        retryable: true,
      },
      status,
      retryAfter,
    ),
}
export const unreachable: UpstreamAnswer = { kind: 'not_sent', reason: 'connect', detail: 'ECONNREFUSED' }
export const untrusted: UpstreamAnswer = { kind: 'not_sent', reason: 'tls', detail: 'CERT_HAS_EXPIRED' }
export const lost: UpstreamAnswer = { kind: 'lost', detail: 'UND_ERR_SOCKET' }
export const held: Scripted = { kind: 'held' }

const part = (key: string, file: string) => ({
  key,
  name: 'Rain',
  words: 'la',
  tags: 'folk',
  length: 60,
  file,
  stream: '',
})
export const record = {
  fresh: ok({ job: 'job-1', state: 'NEW', parts: null }),
  text: ok({ job: 'job-1', state: 'WORDS', parts: [part('a', ''), part('b', '')] }),
  half: ok({ job: 'job-1', state: 'HALF', parts: [part('a', 'https://x.test/a.mp3'), part('b', '')] }),
  done: ok({
    job: 'job-1',
    state: 'DONE',
    parts: [part('a', 'https://x.test/a.mp3'), part('b', 'https://x.test/b.mp3')],
  }),
  broken: (whyCode: number | null, why: string | null) =>
    ok({ job: 'job-1', state: 'BROKEN', why, whyCode, parts: null }),
  /** A finished job whose first file is at this place. */
  doneAt: (file: string) =>
    ok({ job: 'job-1', state: 'DONE', parts: [part('a', file), part('b', 'https://x.test/b.mp3')] }),
  absent: no(404, 'no such job'),
}

/** A finished job that made this. */
export const made = (what: unknown) => ok({ job: 'job-2', state: 'DONE', made: what })

const DEFAULTS: Readonly<Record<string, UpstreamAnswer>> = {
  submit: ok({ job: 'job-1' }),
  words: ok({ words: [{ text: '[Verse]\nRain', from: 1, to: 2, found: true }], wave: [0, 1] }),
  credits: ok({ left: 7 }),
  'writeLyrics poll': made({ variants: [{ title: 'Rain', lyrics: 'la', error: null }] }),
  'convertToWav poll': made({ url: 'https://x.test/a.wav' }),
  'createVideo poll': made({ url: 'https://x.test/a.mp4' }),
  'createCoverArt poll': made({ images: ['https://x.test/1.png', 'https://x.test/2.png'] }),
  'separateAudio poll': made({
    stems: [{ name: 'Vocals', url: 'https://x.test/o.mp3', provider_stem_id: 'stem-o', duration_seconds: 60 }],
  }),
  'separateStems poll': made({
    stems: [
      { name: 'Vocals', url: 'https://x.test/v.mp3', provider_stem_id: 'stem-v', duration_seconds: 60 },
      { name: 'Backing', url: 'https://x.test/i.mp3', provider_stem_id: null, duration_seconds: null },
    ],
  }),
  'createMidi poll': made({
    instruments: [{ name: 'Piano', notes: [{ pitch: 60, start_seconds: 0, end_seconds: 1, velocity: 0.5 }] }],
  }),
  'startVoice poll': made({ phrase: 'Sing of the sea' }),
  'renewPhrase poll': made({ phrase: 'Sing of the land' }),
  'confirmVoice poll': made({ provider_voice_id: 'native-voice' }),
  'recoverTrack poll': made({
    tracks: [
      { provider_track_id: 'a', title: null, audio_url: 'https://x.test/fresh-a.mp3', error: null },
      { provider_track_id: 'z', title: null, audio_url: null, error: 'gone for good' },
    ],
  }),
  createPersona: ok({ provider_persona_id: 'native-persona', name: null, description: null }),
  checkVoice: ok({ available: true }),
  enhanceStyle: ok({ style: 'mysterious pop, breathy' }),
}
const uploaded = (name: string) =>
  ok({ url: `https://files.test/${name}.mp3`, file_name: `${name}.mp3`, size_bytes: 5, media_type: 'audio/mpeg' })
/** What a place says unless told otherwise: a form makes `job-2`, and its record is that of a finished song. */
export const byDefault = (place: string): UpstreamAnswer =>
  DEFAULTS[place] ??
  (place.endsWith('poll') ? record.done : place.startsWith('upload') ? uploaded(place) : ok({ job: 'job-2' }))
