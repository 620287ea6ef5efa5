/** Providers that do not exist: small dialects as tables, for tests of the engine alone. */
import * as z from 'zod'
import { Compose, Describe, type GenerateMusicSubmission } from '../../src/canonical/generateMusic.ts'
import { AlignedWord, Alignment } from '../../src/canonical/lyrics.ts'
import type { Rule } from '../../src/canonical/rule.ts'
import type { Model } from '../../src/canonical/words.ts'
import { type Adapter, defineAdapter, type TaskBinding } from '../../src/contract/adapter.ts'
import { fields, implied, list, orNull, type Rows, unsupported } from '../../src/contract/codec.ts'
import type { ErrorTable } from '../../src/contract/errors.ts'
import { Balance, TrackReference } from '../../src/contract/shapes.ts'
import { most, reference, some, songRecord, source, uploadForms } from './echo-forms.ts'

const errors: ErrorTable = {
  content_rejected: [
    { at: 'submit', code: 413, source },
    { at: 'record', code: 413, source },
  ],
  copyright_match: [{ at: 'record', message: 'existing work', source }],
  provider_rejected_request: [
    { at: 'submit', code: 400, source },
    { at: 'submit', code: 422, source },
    { at: 'read', code: 404, absent: true, source },
  ],
  provider_credits_exhausted: [
    { at: 'submit', code: 402, source },
    { at: 'submit', code: 429, message: 'credits', source },
  ],
  provider_rate_limited: [
    { at: 'submit', code: 429, source },
    { at: 'submit', code: 430, source },
    { at: 'read', code: 429, source },
  ],
  provider_maintenance: [
    { at: 'submit', code: 455, source },
    { at: 'read', code: 455, source },
  ],
  provider_auth_failed: [
    { at: 'submit', code: 401, source },
    { at: 'read', code: 401, source },
  ],
  provider_unavailable: [{ at: 'read', code: 500, source }],
  generation_failed: [
    { at: 'record', status: 'BROKEN', source },
    { at: 'record', code: 531, charged: 'refunded', source },
  ],
  provider_timeout: [{ at: 'record', code: 408, source }],
  submission_unconfirmed: [{ at: 'submit', code: 500, source }],
  not_ready: [{ at: 'submit', operations: ['alignLyrics'], code: 409, source }],
  lyrics_unavailable: [{ at: 'submit', operations: ['alignLyrics'], code: 410, source }],
}

const controls = {
  instrumental: 'mute',
  negative_style: 'without',
  vocal_gender: 'voice',
  style_weight: 'closeness',
  weirdness: 'oddness',
  audio_weight: 'loudness',
  bitrate: unsupported,
  sample_rate: unsupported,
  duration_seconds: 'length',
  model: 'edition',
  persona_id: 'singer',
  persona_kind: 'singing',
  callback_url: 'ring',
} as const satisfies Partial<Rows<(typeof Compose)['shape']>>
const plain = {
  ...controls,
  vocal_gender: unsupported,
  negative_style: unsupported,
  persona_kind: unsupported,
} as const

const song = (rows: typeof controls | typeof plain, models: readonly Model[], rules: readonly Rule[]) =>
  ({
    submit: {
      method: 'POST',
      path: '/songs',
      carries: 'json',
      request: z.union([
        fields(Describe, { ...rows, mode: implied, description: 'idea' }),
        fields(Compose, { ...rows, mode: implied, lyrics: 'words', style: 'tags', title: 'name' }),
      ]),
      response: reference,
    },
    poll: {
      method: 'GET',
      path: '/songs/one',
      carries: 'query',
      madeAt: ['at'],
      request: reference,
      response: songRecord,
    },
    callback: songRecord,
    models,
    rules,
  }) satisfies TaskBinding<GenerateMusicSubmission>

const word = fields(AlignedWord, {
  raw: 'text',
  start_seconds: 'from',
  end_seconds: 'to',
  aligned: 'found',
  confidence: ['sure', orNull(z.number())],
})

const common = {
  origins: { api: 'https://echo.test' },
  auth: 'bearer',
  envelope: { code: 'code', success: [200], message: ['text'], payload: 'data' },
  refusesWith: 'status',
  callbackUrl: 'optional',
  errors,
  limits: {},
  retention: { audioDays: 14 },
  prices: { usdPerCredit: 0.01, credits: { generateMusic: 10, alignLyrics: 2 } },
} as const satisfies Partial<Adapter>

const operations = {
  generateMusic: song(
    controls,
    ['v5', 'v4'],
    [
      { field: 'title', max: 80, source },
      { ignored: 'duration_seconds', when: { model: 'v4' }, source },
      { ignored: 'style_weight', when: { mode: 'describe' }, source },
    ],
  ),
  alignLyrics: {
    call: {
      method: 'POST',
      path: '/words',
      carries: 'json',
      request: fields(TrackReference, { provider_task_id: 'job', provider_track_id: 'key', track_index: 'index' }),
      response: fields(Alignment, {
        words: ['words', list(word)],
        waveform: ['wave', list(z.number())],
        error_rate: ['error', orNull(z.number())],
        streaming: ['early', orNull(z.boolean())],
      }),
      repair: (payload: unknown) => payload ?? {},
    },
  },
  getCredits: {
    call: {
      method: 'GET',
      path: '/credits',
      carries: 'query',
      request: fields(z.object({}), {}),
      response: fields(Balance, { remaining: 'left' }),
    },
  },
} as const satisfies Adapter['operations']

/** Says everything and does most of it, has limits. */
export const echo: Adapter = defineAdapter({
  ...common,
  id: 'echo',
  title: 'Echo',
  limits: { submits: { count: 3, seconds: 10 }, readsPerTask: { count: 1, seconds: 8 } },
  retention: { audioDays: 14, uploadDays: 3, days: { convertToWav: 5, recoverTrack: 1 } },
  prices: {
    usdPerCredit: 0.01,
    credits: {
      ...common.prices.credits,
      coverMusic: { v5: 8, v4: 5 },
      separateStems: { field: 'separation', words: { vocals: 50, stems: 100 } },
      enhanceStyle: 1,
      uploadAudio: 0,
      replaceSection: { v5: 6, v4: 3 },
    },
  },
  operations: { ...operations, ...most },
})

/** Has no place for two fields, demands a callback URL, has no limits. */
export const echoTwo: Adapter = defineAdapter({
  ...common,
  id: 'echo-two',
  title: 'Echo Two',
  origins: { api: 'https://echo-two.test' },
  callbackUrl: 'required',
  retention: { audioDays: 14, uploadDays: 7 },
  prices: { ...common.prices, credits: { ...common.prices.credits, generateMinimax: 30 } },
  operations: { ...operations, ...some, generateMusic: song(plain, ['v5.5', 'v5'], []) },
})

/** Makes songs of one model only, of words or of any audio, and nothing out of its own tracks. */
export const echoThree: Adapter = defineAdapter({
  ...common,
  id: 'echo-three',
  title: 'Echo Three',
  origins: { api: 'https://echo-three.test' },
  prices: { usdPerCredit: 0.02, credits: { generateMusic: 10, coverMusic: 30 } },
  operations: { generateMusic: song(controls, ['v6'], []), ...uploadForms },
})
