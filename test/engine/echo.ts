/** Providers that do not exist: small dialects as tables, for tests of the engine alone. */
import * as z from 'zod'
import { Compose, Describe, type GenerateMusicSubmission } from '../../src/canonical/generateMusic.ts'
import { AlignedWord, Alignment } from '../../src/canonical/lyrics.ts'
import type { Rule } from '../../src/canonical/rule.ts'
import type { Model } from '../../src/canonical/words.ts'
import { type Adapter, defineAdapter, type TaskBinding } from '../../src/contract/adapter.ts'
import {
  blankIsNull,
  decimal,
  fields,
  implied,
  list,
  orNull,
  type Rows,
  unsupported,
} from '../../src/contract/codec.ts'
import type { ErrorTable } from '../../src/contract/errors.ts'
import { Balance, TaskReference, TrackReference, TrackReport } from '../../src/contract/shapes.ts'
import { snapshot } from '../../src/contract/snapshot.ts'

const source = 'made up'

const errors: ErrorTable = {
  content_rejected: [
    { at: 'submit', code: 413, source },
    { at: 'record', code: 413, source },
  ],
  copyright_match: [{ at: 'record', message: 'existing work', source }],
  provider_rejected_request: [
    { at: 'submit', code: 400, source },
    { at: 'submit', code: 422, source },
    { at: 'read', code: 404, source },
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
  duration_seconds: 'length',
  model: 'edition',
  persona_id: 'singer',
  persona_kind: unsupported,
  callback_url: 'ring',
} as const satisfies Partial<Rows<(typeof Compose)['shape']>>
const plain = { ...controls, vocal_gender: unsupported, negative_style: unsupported } as const

const track = fields(TrackReport, {
  provider_track_id: 'key',
  title: ['name', blankIsNull()],
  lyrics: ['words', blankIsNull()],
  style: ['tags', blankIsNull()],
  duration_seconds: ['length', decimal()],
  audio_url: ['file', blankIsNull()],
  stream_url: ['stream', blankIsNull()],
  image_url: ['picture', blankIsNull()],
  failure: ['fault', blankIsNull()],
})

const state = (...words: string[]) => ({ at: 'state', is: words })
const record = snapshot({
  task: ['job'],
  tracks: ['parts', track],
  none: null,
  stage: [
    { when: state('BROKEN'), is: 'failed', speaks: { state: 'BROKEN' }, source },
    { when: state('DONE'), is: 'complete', speaks: { state: 'DONE' }, source },
    { when: state('HALF'), is: 'first_ready', speaks: { state: 'HALF' }, source },
    { when: state('WORDS'), is: 'text_ready', speaks: { state: 'WORDS' }, source },
    { when: state('NEW'), is: 'submitted', speaks: { state: 'NEW' }, source },
  ],
  failure: { code: ['whyCode'], status: ['state'], message: ['why'] },
  ignored: [],
})

const reference = fields(TaskReference, { provider_task_id: 'job' })

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
    poll: { method: 'GET', path: '/songs/one', carries: 'query', request: reference, response: record },
    callback: record,
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

/** Says everything, has limits. */
export const echo: Adapter = defineAdapter({
  ...common,
  id: 'echo',
  title: 'Echo',
  limits: { submits: { count: 3, seconds: 10 }, readsPerTask: { count: 1, seconds: 8 } },
  operations,
})

/** Has no place for two fields, demands a callback URL, has no limits. */
export const echoTwo: Adapter = defineAdapter({
  ...common,
  id: 'echo-two',
  title: 'Echo Two',
  origins: { api: 'https://echo-two.test' },
  callbackUrl: 'required',
  operations: { ...operations, generateMusic: song(plain, ['v5.5', 'v5'], []) },
})

/** Makes songs and nothing else, of one model only. */
export const echoThree: Adapter = defineAdapter({
  ...common,
  id: 'echo-three',
  title: 'Echo Three',
  origins: { api: 'https://echo-three.test' },
  operations: { generateMusic: song(controls, ['v6'], []) },
})
