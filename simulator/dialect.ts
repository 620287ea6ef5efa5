/** A provider that does not exist, as contract tables: the shape is shared, its words are each provider's own. */
import * as z from 'zod'
import { Compose, Describe } from '../src/canonical/generateMusic.ts'
import { AlignedWord, Alignment } from '../src/canonical/lyrics.ts'
import type { Model } from '../src/canonical/words.ts'
import { WriteLyricsSubmission, WrittenLyrics } from '../src/canonical/writeLyrics.ts'
import type { Adapter, Call, TaskBinding } from '../src/contract/adapter.ts'
import { blankIsNull, type Codec, decimal, fields, implied, list, orNull, unsupported } from '../src/contract/codec.ts'
import type { Condition } from '../src/contract/condition.ts'
import type { ErrorTable } from '../src/contract/errors.ts'
import { type Snapshot, TaskReference, TrackReference, TrackReport } from '../src/contract/shapes.ts'
import { type StageRow, snapshot } from '../src/contract/snapshot.ts'
import { ExtendAudioSubmission, ExtendMusicSubmission } from '../src/contract/submissions.ts'

/** What a provider calls things. */
export interface Words {
  readonly code: string
  readonly text: string
  readonly data: string
  readonly job: string
  readonly state: string
  readonly parts: string
  readonly key: string
  readonly file: string
  readonly name: string
  readonly ring: string
  readonly made: string
  readonly states: Readonly<Record<'fresh' | 'text' | 'half' | 'done' | 'broken' | 'spoilt', string>>
  /** Whether it says "done" of a song without audio in a way that its table knows. */
  readonly knowsHollow: boolean
}

const source = 'made up'

export const ERRORS: ErrorTable = {
  content_rejected: [
    { at: 'submit', code: 413, source },
    { at: 'record', code: 413, source },
    { at: 'callback', code: 413, source },
  ],
  copyright_match: [],
  provider_rejected_request: [
    { at: 'submit', code: 400, source },
    { at: 'read', code: 404, absent: true, source },
  ],
  provider_credits_exhausted: [
    { at: 'submit', code: 402, source },
    { at: 'submit', code: 429, message: 'credits', source },
  ],
  provider_rate_limited: [
    { at: 'submit', code: 429, source },
    { at: 'read', code: 429, source },
  ],
  provider_maintenance: [{ at: 'submit', code: 455, source }],
  provider_auth_failed: [
    { at: 'submit', code: 401, source },
    { at: 'read', code: 401, source },
  ],
  provider_unavailable: [{ at: 'read', code: 500, source }],
  generation_failed: [
    { at: 'record', code: 501, source },
    { at: 'callback', code: 501, source },
    { at: 'record', code: 531, charged: 'refunded', source },
    { at: 'callback', code: 531, charged: 'refunded', source },
  ],
  provider_timeout: [],
  submission_unconfirmed: [{ at: 'submit', code: 500, source }],
  not_ready: [{ at: 'submit', operations: ['alignLyrics'], code: 409, source }],
  lyrics_unavailable: [{ at: 'submit', operations: ['alignLyrics'], code: 410, source }],
}

const controls = (words: Words) =>
  ({
    instrumental: 'mute',
    negative_style: unsupported,
    vocal_gender: unsupported,
    style_weight: unsupported,
    weirdness: unsupported,
    audio_weight: unsupported,
    model: 'edition',
    persona_id: 'singer',
    persona_kind: 'singing',
    callback_url: words.ring,
  }) as const

const song = (words: Words) =>
  ({ ...controls(words), bitrate: unsupported, sample_rate: unsupported, duration_seconds: 'length' }) as const

const sung = (words: Words) => ({ lyrics: 'words', style: 'tags', title: words.name }) as const

const stages = (words: Words): StageRow[] => {
  const is = (word: keyof Words['states']): Condition => ({ at: words.state, is: words.states[word] })
  const there: Condition = {
    any: [
      { at: words.file, blank: false },
      { at: 'fault', blank: false },
    ],
  }
  const whole: Condition = {
    any: [
      { at: words.parts, every: there },
      { at: words.made, blank: false },
    ],
  }
  return [
    { when: { any: [is('broken'), is('spoilt')] }, is: 'failed', source },
    { when: { all: [is('done'), whole] }, is: 'complete', source },
    ...(words.knowsHollow ? [{ when: is('done'), is: 'first_ready', source } as const] : []),
    { when: is('half'), is: 'first_ready', source },
    { when: is('text'), is: 'text_ready', source },
    { when: is('fresh'), is: 'submitted', source },
  ]
}

const track = (words: Words) =>
  fields(TrackReport, {
    provider_track_id: words.key,
    title: [words.name, blankIsNull()],
    lyrics: ['words', blankIsNull()],
    style: ['tags', blankIsNull()],
    duration_seconds: ['length', decimal()],
    audio_url: [words.file, blankIsNull()],
    stream_url: ['stream', blankIsNull()],
    image_url: ['picture', blankIsNull()],
    failure: ['fault', blankIsNull()],
  })

/** @param named whether it says which job it is about */
const record = (words: Words, kind: 'tracks' | 'result', named = true) => {
  const common = {
    task: named ? [words.job] : [],
    stage: stages(words),
    failure: { code: ['whyCode'], status: [words.state], message: ['why'] },
    ignored: [],
  } as const
  return kind === 'tracks'
    ? snapshot({ ...common, tracks: [words.parts, track(words)], none: null })
    : snapshot({ ...common, result: [words.made, WrittenLyrics] })
}

const binding = <Submission>(
  words: Words,
  path: string,
  request: Codec<Submission>,
  report: Codec<Snapshot>,
  models: readonly Model[],
  rings: boolean,
): TaskBinding<Submission> => {
  const reference = fields(TaskReference, { provider_task_id: words.job })
  return {
    submit: { method: 'POST', path: `/${path}`, carries: 'json', request, response: reference },
    poll: { method: 'GET', path: `/${path}/one`, carries: 'query', request: reference, response: report },
    ...(rings ? { callback: report } : {}),
    models,
    rules: [],
  }
}

const align = (words: Words) =>
  ({
    method: 'POST' as const,
    path: '/words' as const,
    carries: 'json' as const,
    request: fields(TrackReference, {
      provider_task_id: words.job,
      provider_track_id: words.key,
      track_index: 'index',
    }),
    response: fields(Alignment, {
      words: [
        'words',
        list(
          fields(AlignedWord, {
            raw: 'text',
            start_seconds: 'from',
            end_seconds: 'to',
            aligned: 'found',
            confidence: ['sure', orNull(z.number())],
          }),
        ),
      ],
      waveform: ['wave', list(z.number())],
      error_rate: ['error', orNull(z.number())],
      streaming: ['early', orNull(z.boolean())],
    }),
  }) satisfies Call<TrackReference, Alignment>

/** A form whose callbacks do not say which job they are about. */
export const unnamed = (words: Words) =>
  ({ callback: record(words, 'tracks', false), callbackNamesNoTask: true }) as const

/** Every form this dialect can say; a provider sells some of them. */
export const formsOf = (words: Words, models: readonly Model[], rings: boolean) => {
  const tracks = record(words, 'tracks')
  const own = { ...controls(words), ...sung(words), continue_at_seconds: 'from' } as const
  const union = z.union([
    fields(Describe, { ...song(words), mode: implied, description: 'idea' }),
    fields(Compose, { ...song(words), ...sung(words), mode: implied }),
  ])
  const named = { provider_task_id: words.job, provider_track_id: words.key, track_index: 'index' } as const
  const written = fields(WriteLyricsSubmission, { description: words.name, callback_url: words.ring })
  return {
    generateMusic: binding(words, 'songs', union, tracks, models, rings),
    extendMusic: binding(
      words,
      'more',
      fields(ExtendMusicSubmission, { ...own, ...named, mode: 'how' }),
      tracks,
      models,
      rings,
    ),
    extendAudio: binding(
      words,
      'further',
      fields(ExtendAudioSubmission, { ...own, audio_url: 'audio', mode: 'how' }),
      tracks,
      models,
      rings,
    ),
    writeLyrics: binding(words, 'lyrics', written, record(words, 'result'), [], rings),
    alignLyrics: { call: align(words) },
  } satisfies Adapter['operations']
}
