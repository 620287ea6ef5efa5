/** The closed catalogue: every operation with its route, its schemas and what it can answer. */
import * as z from 'zod'
import { AddInstrumentalRequest } from './addInstrumental.ts'
import { AddVocalsRequest } from './addVocals.ts'
import { CheckVoiceRequest, VoiceCheck } from './checkVoice.ts'
import { ConvertToWavRequest } from './convertToWav.ts'
import { COVER_RULES, CoverMusicRequest } from './coverMusic.ts'
import { CreateCoverArtRequest } from './createCoverArt.ts'
import { CreateMidiRequest, MIDI_FORMATS, type MidiFormat, MidiResult, TranscribeStemsRequest } from './createMidi.ts'
import { CreatePersonaRequest, Persona } from './createPersona.ts'
import { CreateVideoRequest } from './createVideo.ts'
import { EnhancedStyle, EnhanceStyleRequest } from './enhanceStyle.ts'
import type { ErrorCode } from './error.ts'
import { Estimate, EstimateRequest } from './estimate.ts'
import { EventList, TaskEventList } from './event.ts'
import { EXTEND_RULES, ExtendMusicRequest } from './extendMusic.ts'
import { GENERATE_MUSIC_RULES, GenerateMusicRequest } from './generateMusic.ts'
import { GenerateSoundRequest } from './generateSound.ts'
import { DeliveryId, EndpointId, KeyId, TaskId, TrackId, VoiceId } from './id.ts'
import { IMPORT_RULES, ImportTrackRequest } from './importTrack.ts'
import {
  CreateKeyRequest,
  CreateProjectRequest,
  Key,
  KeyList,
  KeyWithSecret,
  OwnKey,
  Project,
  ProjectId,
  ProjectList,
  RotateKeyRequest,
  type Scope,
} from './key.ts'
import { LYRIC_FORMATS, type LyricFormat, TimestampedLyrics } from './lyrics.ts'
import { MASHUP_RULES, MashupMusicRequest } from './mashupMusic.ts'
import { CALL_OPERATIONS, TASK_OPERATIONS } from './operations.ts'
import { CapabilityList, CreditsList, ProviderList } from './provider.ts'
import { RecoverTrackRequest } from './recoverTrack.ts'
import { ReplaceSectionRequest, SECTION_RULES } from './replaceSection.ts'
import type { Rule } from './rule.ts'
import { SeparateAudioRequest, SeparateStemsRequest, STEM_RULES } from './separateStems.ts'
import { Task, TaskList, Track } from './task.ts'
import { DeletedTask } from './tombstone.ts'
import { Upload, UploadAudioRequest, UploadFile } from './uploadAudio.ts'
import { ConfirmVoiceRequest, RenewPhraseRequest, StartVoiceRequest, VOICE_RULES, Voice } from './voice.ts'
import { WAVEFORM_FORMATS, Waveform, type WaveformFormat } from './waveform.ts'
import {
  CreateWebhookEndpointRequest,
  DeletedWebhookEndpoint,
  DeliveryStatus,
  UpdateWebhookEndpointRequest,
  WebhookDelivery,
  WebhookDeliveryList,
  WebhookDeliveryWithPayload,
  WebhookEndpoint,
  WebhookEndpointList,
  WebhookEndpointWithSecret,
  WebhookSecret,
} from './webhook.ts'
import { TaskStatus } from './words.ts'
import { WriteLyricsRequest } from './writeLyrics.ts'

export interface Operation {
  /** `task`: accepted, then carried out; `call`: paid and waited for; `read`: costs nothing. */
  readonly kind: 'task' | 'call' | 'read'
  readonly method: 'get' | 'post' | 'patch' | 'delete'
  readonly path: `/v1/${string}`
  readonly tag:
    | 'Music'
    | 'Lyrics'
    | 'Follow-ups'
    | 'Voices'
    | 'Uploads'
    | 'Tasks'
    | 'Tracks'
    | 'Webhooks'
    | 'Keys'
    | 'Providers'
  readonly summary: string
  readonly description: string
  /** What a key needs for it, where `scopeOf` would not say so; null for any key. */
  readonly scope?: Scope | null
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Every field of the body may be left out, and so may the body. */
  readonly bodyOptional?: true | undefined
  /** The same by `multipart/form-data`: a part `file`, and these beside it. */
  readonly multipart?: z.ZodObject
  readonly rules?: readonly Rule[]
  readonly result: z.ZodType
  /** Request headers it understands beside Authorization. */
  readonly headers: readonly ('Idempotency-Key' | 'Prefer' | 'If-None-Match' | 'Cancel-After' | 'Last-Event-ID')[]
  /** The same as server-sent events, to who accepts `text/event-stream`. */
  readonly streams?: true
  /** All of them as JSON lines, to who accepts `application/jsonl`. */
  readonly exports?: true
  /** Answers with 302 to where it is, and with nothing else. */
  readonly redirects?: true
  /** What `?format=` can name, each with its media type; another is 406. The first is JSON. */
  readonly formats?: Readonly<Record<string, string>>
  /** What it can answer beside what every operation can. */
  readonly errors: readonly ErrorCode[]
  readonly example?: unknown
}

/** A page size is written one way only, as the integer the document speaks of. */
const limit = z.codec(
  z.string().regex(/^(0|[1-9]\d*)$/, 'must be a whole number from 1 to 100'),
  z.int().min(1).max(100),
  { decode: Number, encode: String },
)

const task = z.strictObject({ task_id: TaskId })
const track = z.strictObject({ track_id: TrackId })
const voice = z.strictObject({ voice_id: VoiceId })
const endpoint = z.strictObject({ endpoint_id: EndpointId })
const delivery = z.strictObject({ delivery_id: DeliveryId })
const key = z.strictObject({ key_id: KeyId })

/** Errors any operation can answer. */
export const COMMON_ERRORS = [
  'invalid_request',
  'missing_api_key',
  'invalid_api_key',
  'key_expired',
  'insufficient_scope',
  'rate_limited',
  'method_not_allowed',
  'internal_error',
  'storage_unavailable',
  'shutting_down',
] as const satisfies readonly ErrorCode[]

const IDEMPOTENCY = [
  'idempotency_key_invalid',
  'idempotency_key_reused',
  'idempotency_key_expired',
  'task_deleted',
] as const satisfies readonly ErrorCode[]

const BODY = ['malformed_json', 'payload_too_large', 'validation_failed'] as const satisfies readonly ErrorCode[]
const SENT = ['unsupported_media_type', ...BODY] as const satisfies readonly ErrorCode[]

const CREATE = [
  ...SENT,
  ...IDEMPOTENCY,
  'webhook_url_forbidden',
  'concurrency_limited',
  'capability_unsupported',
  'provider_not_configured',
  'no_provider_available',
  'cost_above_max',
  'spend_limit_reached',
] as const satisfies readonly ErrorCode[]

/** What can be wrong with that which music is made from. */
const SOURCE = ['not_ready', 'upload_expired', 'provider_pinned_unavailable'] as const satisfies readonly ErrorCode[]

/** What a provider can say to a call. */
const ASKED = [
  'concurrency_limited',
  'spend_limit_reached',
  'capability_unsupported',
  'provider_rejected_request',
  'content_rejected',
  'copyright_match',
  'provider_credits_exhausted',
  'provider_rate_limited',
  'provider_maintenance',
  'provider_auth_failed',
  'provider_unavailable',
  'provider_tls_error',
  'provider_protocol',
  'submission_unconfirmed',
  'adapter_error',
] as const satisfies readonly ErrorCode[]

const STORED =
  'Answers 202 once the task is stored: from then on it is carried to its end. `Prefer: wait=N` waits up to N seconds for that end and answers 200 if it came.'
const PINNED = 'Only the provider that made the track can do this, with the key it was made with.'

type Told = Pick<Operation, 'path' | 'summary' | 'body' | 'example'> & Partial<Operation>

/** An operation that makes a task. */
const creates = (told: Told): Operation => ({
  kind: 'task',
  method: 'post',
  tag: 'Music',
  result: Task,
  headers: ['Idempotency-Key', 'Prefer', 'Cancel-After'],
  errors: CREATE,
  ...told,
  description: [told.description, STORED].filter(Boolean).join(' '),
})

/** Music made from other music. */
const derives = (told: Told): Operation => creates({ ...told, errors: [...CREATE, ...SOURCE] })

/** Something more of a finished track. */
const follows = (told: Told): Operation =>
  creates({
    tag: 'Follow-ups',
    params: track,
    bodyOptional: true,
    ...told,
    description: [told.description, PINNED].filter(Boolean).join(' '),
    errors: ['not_found', ...CREATE, 'not_ready', 'provider_pinned_unavailable', ...(told.errors ?? [])],
  })

export const catalogue = {
  generateMusic: creates({
    path: '/v1/music/generations',
    summary: 'Make two tracks from an idea or from exact lyrics',
    body: GenerateMusicRequest,
    rules: GENERATE_MUSIC_RULES,
    errors: [...CREATE, 'not_ready', 'provider_pinned_unavailable'],
    example: {
      mode: 'compose',
      title: 'Rain on the Wire',
      style: 'indie folk, warm, fingerpicked guitar',
      lyrics: '[Verse]\nRain on the wire, home by the light',
    },
  }),
  extendMusic: derives({
    path: '/v1/music/extensions',
    summary: 'Let a song go on',
    description:
      'Without `lyrics`, `style` and `title` it goes on like its source. A track goes on at the provider that made it, or by its audio at another.',
    body: ExtendMusicRequest,
    rules: EXTEND_RULES,
    example: { source: { track_id: 'track_01JD3W8Q4T7X2M5N9P6R0S1V31' } },
  }),
  coverMusic: derives({
    path: '/v1/music/covers',
    summary: 'The same melody in another style',
    description:
      'With `description` the provider writes the words; without any words those of the source track are sung.',
    body: CoverMusicRequest,
    rules: COVER_RULES,
    example: {
      source: { audio_url: 'https://cdn.example.com/demo.mp3' },
      style: 'bossa nova',
      title: 'Rain in Rio',
      lyrics: '[Verse]\nRain on the wire',
    },
  }),
  addVocals: derives({
    path: '/v1/music/vocals',
    summary: 'Let a voice sing over an instrumental',
    body: AddVocalsRequest,
    example: {
      source: { audio_url: 'https://cdn.example.com/beat.mp3' },
      lyrics: '[Verse]\nRain on the wire',
      style: 'soul, warm',
      title: 'Rain on the Wire',
      negative_style: 'metal',
    },
  }),
  addInstrumental: derives({
    path: '/v1/music/instrumentals',
    summary: 'An accompaniment for a voice',
    body: AddInstrumentalRequest,
    example: {
      source: { audio_url: 'https://cdn.example.com/voice.mp3' },
      style: 'lo-fi, warm keys',
      title: 'Slow Tide',
      negative_style: 'metal',
    },
  }),
  replaceSection: derives({
    path: '/v1/music/section-replacements',
    summary: 'New words for a part of a song',
    description: `${PINNED} Audio by URL or upload goes to any provider that takes it.`,
    body: ReplaceSectionRequest,
    rules: SECTION_RULES,
    example: {
      source: { track_id: 'track_01JD3W8Q4T7X2M5N9P6R0S1V31' },
      start_seconds: 20,
      end_seconds: 42,
      lyrics: 'Snow on the wire',
      style: 'indie folk',
      title: 'Snow on the Wire',
      full_lyrics: '[Verse]\nSnow on the wire',
    },
  }),
  mashupMusic: derives({
    path: '/v1/music/mashups',
    summary: 'One song out of two',
    body: MashupMusicRequest,
    rules: MASHUP_RULES,
    example: {
      sources: [{ audio_url: 'https://cdn.example.com/one.mp3' }, { audio_url: 'https://cdn.example.com/two.mp3' }],
      style: 'electro swing',
      title: 'Two in One',
      instrumental: true,
    },
  }),
  generateSound: creates({
    path: '/v1/sounds',
    summary: 'An effect or a loop from an idea',
    body: GenerateSoundRequest,
    example: { description: 'Rain on a tin roof', loop: true, tempo_bpm: 90 },
  }),
  writeLyrics: creates({
    path: '/v1/lyrics',
    tag: 'Lyrics',
    summary: 'Words for a song, without music',
    description: '`result` holds a few variants.',
    body: WriteLyricsRequest,
    example: { description: 'A lighthouse that is afraid of the dark' },
  }),
  convertToWav: follows({
    path: '/v1/tracks/{track_id}/wav',
    summary: 'The same audio without loss',
    body: ConvertToWavRequest,
    example: {},
  }),
  separateStems: follows({
    path: '/v1/tracks/{track_id}/stems',
    summary: 'A track taken apart into voices and instruments',
    description: 'Every request is charged by the provider, also for the same track.',
    body: SeparateStemsRequest,
    bodyOptional: undefined,
    rules: STEM_RULES,
    example: { separation: 'vocals' },
  }),
  separateAudio: derives({
    path: '/v1/stems',
    tag: 'Follow-ups',
    summary: 'Any audio taken apart into voices and instruments',
    description:
      'Audio by URL or upload goes to any provider that takes it. A track is taken apart by the provider that made it, or by its audio at another. Every request is charged by the provider, also for the same audio.',
    body: SeparateAudioRequest,
    rules: STEM_RULES,
    example: { source: { audio_url: 'https://cdn.example.com/demo.mp3' }, separation: 'vocals' },
  }),
  createMidi: follows({
    path: '/v1/tracks/{track_id}/midi',
    summary: 'The notes of a track',
    description:
      'Needs a finished separateStems or separateAudio task of the same track: without it, 422 `prerequisite_required`. getMidi has the notes as a file.',
    body: CreateMidiRequest,
    errors: ['prerequisite_required'],
    example: { stems_task_id: 'task_01JD3W8Q4T7X2M5N9P6R0S1V30' },
  }),
  transcribeStems: creates({
    path: '/v1/midi',
    tag: 'Follow-ups',
    summary: 'The notes of stems, whatever they were separated from',
    description:
      'For stems of audio that is no track here; createMidi does the same for a track. Only the provider that separated them can do this, with the key it was done with. getMidi has the notes as a file.',
    body: TranscribeStemsRequest,
    errors: [...CREATE, 'not_ready', 'provider_pinned_unavailable'],
    example: { stems_task_id: 'task_01JD3W8Q4T7X2M5N9P6R0S1V30' },
  }),
  createVideo: follows({
    path: '/v1/tracks/{track_id}/video',
    summary: 'A track as a film',
    body: CreateVideoRequest,
    example: { author: 'Rain & Co' },
  }),
  createCoverArt: follows({
    path: '/v1/tracks/{track_id}/cover-art',
    summary: 'Pictures for a track',
    description: 'Providers make one set for all tracks of a task.',
    body: CreateCoverArtRequest,
    example: {},
  }),
  recoverTrack: follows({
    path: '/v1/tracks/{track_id}/recovery',
    summary: 'Fresh links for audio that has expired',
    body: RecoverTrackRequest,
    example: {},
  }),
  startVoice: derives({
    path: '/v1/voices',
    tag: 'Voices',
    summary: 'Begin a custom voice: get a phrase to sing',
    description: 'The task ends with a phrase. Record it with the same voice and send the recording to confirmVoice.',
    body: StartVoiceRequest,
    rules: VOICE_RULES,
    example: { source: { audio_url: 'https://cdn.example.com/singing.mp3' }, start_seconds: 0, end_seconds: 20 },
  }),
  renewPhrase: creates({
    path: '/v1/voices/{voice_id}/phrase',
    tag: 'Voices',
    params: voice,
    summary: 'Another phrase to sing for a custom voice',
    description:
      'For a phrase that is hard to sing or read. The task ends with the new one, and confirmVoice then takes a recording of that one. Only the provider that began the voice can do this, with the key it was begun with.',
    body: RenewPhraseRequest,
    bodyOptional: true,
    errors: ['not_found', ...CREATE, 'not_ready', 'provider_pinned_unavailable'],
    example: {},
  }),
  confirmVoice: creates({
    path: '/v1/voices/{voice_id}/recording',
    tag: 'Voices',
    params: voice,
    summary: 'Finish a custom voice with the recorded phrase',
    body: ConfirmVoiceRequest,
    errors: ['not_found', ...CREATE, ...SOURCE],
    example: { source: { audio_url: 'https://cdn.example.com/phrase.mp3' }, name: 'Marlene' },
  }),
  getVoice: {
    kind: 'read',
    method: 'get',
    path: '/v1/voices/{voice_id}',
    tag: 'Voices',
    summary: 'A custom voice as it is now',
    description:
      'Once it is `ready`, generateMusic, extendMusic and coverMusic take it as `voice_id`. Reading never calls a provider: `available` is what checkVoice heard last.',
    params: voice,
    result: Voice,
    headers: [],
    errors: ['not_found', 'task_deleted'],
  },
  checkVoice: {
    kind: 'call',
    method: 'post',
    path: '/v1/voices/{voice_id}/checks',
    tag: 'Voices',
    summary: 'Ask whether the provider still has a custom voice',
    description:
      'A call to the provider that made the voice, which is waited for; nobody publishes what it costs. The same Idempotency-Key gives the same answer again: ask anew with another one, or with none.',
    params: voice,
    body: CheckVoiceRequest,
    bodyOptional: true,
    result: VoiceCheck,
    headers: ['Idempotency-Key'],
    errors: ['not_found', ...SENT, ...IDEMPOTENCY, 'not_ready', 'provider_pinned_unavailable', ...ASKED],
    example: {},
  },
  createPersona: {
    kind: 'call',
    method: 'post',
    path: '/v1/personas',
    tag: 'Voices',
    summary: 'The voice and manner of a track, to be used again',
    description: `${PINNED} Providers make one persona of a track.`,
    body: CreatePersonaRequest,
    result: Persona,
    headers: ['Idempotency-Key'],
    errors: [...SENT, ...IDEMPOTENCY, 'not_ready', 'provider_pinned_unavailable', ...ASKED],
    example: {
      track_id: 'track_01JD3W8Q4T7X2M5N9P6R0S1V31',
      name: 'Night Radio',
      description: 'Warm close baritone over slow synth pop',
    },
  },
  enhanceStyle: {
    kind: 'call',
    method: 'post',
    path: '/v1/styles/enhancements',
    tag: 'Music',
    summary: 'A few words of style, written out',
    description: 'A paid call to one provider, which is waited for.',
    body: EnhanceStyleRequest,
    result: EnhancedStyle,
    headers: ['Idempotency-Key'],
    errors: [...SENT, ...IDEMPOTENCY, 'provider_not_configured', 'no_provider_available', 'cost_above_max', ...ASKED],
    example: { style: 'pop, mysterious' },
  },
  uploadAudio: {
    kind: 'call',
    method: 'post',
    path: '/v1/uploads',
    tag: 'Uploads',
    summary: 'Put a file where providers can fetch it',
    description:
      'As `multipart/form-data` with a part `file` of up to 10 MB, or by URL. Free of charge; the provider deletes it at `expires_at`.',
    body: UploadAudioRequest,
    multipart: UploadFile,
    result: Upload,
    headers: ['Idempotency-Key'],
    errors: [...SENT, ...IDEMPOTENCY, 'provider_not_configured', 'no_provider_available', ...ASKED],
    example: { url: 'https://cdn.example.com/take1.mp3' },
  },
  importTrack: {
    kind: 'call',
    method: 'post',
    path: '/v1/tracks',
    tag: 'Tracks',
    summary: 'Take up a track made at a provider before',
    description: 'Reads the record at the provider, free of charge; afterwards the track is like any other here.',
    body: ImportTrackRequest,
    rules: IMPORT_RULES,
    result: Track,
    headers: ['Idempotency-Key'],
    errors: [...SENT, ...IDEMPOTENCY, 'not_ready', 'track_index_out_of_range', 'provider_not_configured', ...ASKED],
    example: { provider: 'aria', provider_task_id: '5c79be8e4a2f4c1d9f3b', index: 0 },
  },
  estimate: {
    kind: 'read',
    method: 'post',
    path: '/v1/estimates',
    tag: 'Providers',
    summary: 'What a request would come to',
    description: 'The providers that would be asked, in order, with prices and warnings. Nothing is made or sent.',
    body: EstimateRequest,
    result: Estimate,
    headers: [],
    errors: [...SENT, 'not_ready', 'upload_expired', 'provider_pinned_unavailable'],
    example: { operation: 'generateSound', request: { description: 'Rain on a tin roof' } },
  },
  getTask: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks/{task_id}',
    tag: 'Tasks',
    summary: 'A task as it is now',
    description:
      'Always 200 for a known task. `Retry-After` says when to look again; `Prefer: wait=N` waits up to N seconds until its `seq` changes. Reading never calls a provider.',
    params: task,
    result: Task,
    headers: ['Prefer', 'If-None-Match'],
    errors: ['not_found', 'task_deleted'],
  },
  deleteTask: {
    kind: 'read',
    scope: 'create',
    method: 'delete',
    path: '/v1/tasks/{task_id}',
    tag: 'Tasks',
    summary: 'Delete what a task holds, for good',
    description:
      'Its request, tracks, result, events and messages, and the timed lyrics of its tracks, are gone when this is answered; files lie at the provider until it deletes them. What it cost is kept for 90 days, and so is its Idempotency-Key: it buys nothing more. A task that has not ended is 409 `task_not_ended`. Deleting it again is 404.',
    params: task,
    result: DeletedTask,
    headers: [],
    errors: ['not_found', ...BODY, 'task_not_ended'],
  },
  getMidi: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks/{task_id}/midi',
    tag: 'Follow-ups',
    summary: 'The notes of a createMidi or transcribeStems task, also as a MIDI file',
    description:
      'Free, and kept as long as the task. As a Standard MIDI File of format 1 by `?format=mid`, or by `Accept: audio/midi`: a track for each instrument, with times to the millisecond. 409 `not_ready` until the task has ended, 422 `midi_unavailable` where no note was found.',
    params: task,
    query: z.strictObject({
      format: z
        .enum(Object.keys(MIDI_FORMATS) as [MidiFormat, ...MidiFormat[]])
        .optional()
        .describe('Wins over `Accept`'),
    }),
    formats: MIDI_FORMATS,
    result: MidiResult,
    headers: [],
    errors: ['not_found', 'task_deleted', 'validation_failed', 'not_acceptable', 'not_ready', 'midi_unavailable'],
  },
  listTasks: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks',
    tag: 'Tasks',
    summary: 'Tasks, newest first',
    description:
      'Pages by an opaque cursor. There are no totals. With `Accept: application/jsonl` all of them in one answer, a task a line, as they are read: `limit` is then how many at most. Should it break off, its last line is a problem in place of a task, or the connection breaks.',
    exports: true,
    query: z.strictObject({
      limit: limit.optional().describe('Default 20'),
      cursor: z.string().optional().describe('`next_cursor` of the page before'),
      status: TaskStatus.optional(),
      operation: z.enum([...TASK_OPERATIONS, ...CALL_OPERATIONS]).optional(),
    }),
    result: TaskList,
    headers: ['If-None-Match'],
    errors: ['validation_failed'],
  },
  cancelTask: {
    kind: 'read',
    scope: 'create',
    method: 'post',
    path: '/v1/tasks/{task_id}/cancel',
    tag: 'Tasks',
    summary: 'Take a task back before a provider has it',
    description:
      'Nothing is sent any more, and nothing more is charged. Once a provider has it, or may have it, that is 409 `not_cancelable`: no provider takes a song back, so it is followed to its end. A task that is canceled already is answered as it is.',
    params: task,
    result: Task,
    headers: [],
    errors: [...BODY, 'not_found', 'task_deleted', 'not_cancelable'],
  },
  getTombstone: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks/{task_id}/tombstone',
    tag: 'Tasks',
    summary: 'What is kept of a deleted task',
    description: 'What it cost, and at whom. For 90 days after the deletion; 404 for a task that was not deleted.',
    params: task,
    result: DeletedTask,
    headers: [],
    errors: ['not_found'],
  },
  listTaskEvents: {
    kind: 'read',
    method: 'get',
    path: '/v1/tasks/{task_id}/events',
    tag: 'Tasks',
    summary: 'What happened to a task, in order',
    description:
      'As a list, or with `Accept: text/event-stream` as it happens: `Last-Event-ID` resumes after that event, a comment every 15 seconds shows that the line is alive, and the stream closes after the last event of a task or after five minutes.',
    params: task,
    result: TaskEventList,
    streams: true,
    headers: ['Last-Event-ID'],
    errors: ['not_found', 'task_deleted', 'validation_failed'],
  },
  listEvents: {
    kind: 'read',
    method: 'get',
    path: '/v1/events',
    tag: 'Tasks',
    summary: 'What happened to all tasks of the project, newest first',
    description:
      'With `Accept: text/event-stream` as it happens: from now on, or after `Last-Event-ID`. The stream closes after five minutes: connect again with the last id.',
    query: z.strictObject({
      limit: limit.optional().describe('Default 20'),
      cursor: z.string().optional().describe('`next_cursor` of the page before'),
    }),
    result: EventList,
    streams: true,
    headers: ['Last-Event-ID'],
    errors: ['validation_failed'],
  },
  getTrack: {
    kind: 'read',
    method: 'get',
    path: '/v1/tracks/{track_id}',
    tag: 'Tracks',
    summary: 'A track as it is now',
    description: 'Copy the audio before `audio.expires_at`: the provider deletes it then.',
    params: track,
    result: Track,
    headers: [],
    errors: ['not_found', 'task_deleted'],
  },
  getTrackAudio: {
    kind: 'read',
    method: 'get',
    path: '/v1/tracks/{track_id}/audio',
    tag: 'Tracks',
    summary: 'The audio file of a track',
    description:
      'Redirects to the file at the provider, or to what recoverTrack brought back. 409 `not_ready` until it is final, 410 `asset_expired` once the provider has deleted it.',
    params: track,
    result: z.unknown(),
    redirects: true,
    headers: [],
    errors: ['not_found', 'task_deleted', 'not_ready', 'asset_expired'],
  },
  alignLyrics: {
    kind: 'call',
    method: 'post',
    path: '/v1/tracks/{track_id}/timestamped-lyrics',
    tag: 'Lyrics',
    summary: 'Align the lyrics of a track to its audio',
    description:
      'A paid call to the provider that made the track, once: the alignment is stored and every repeat is free. `Prefer: wait=N` waits up to N seconds where the track or the alignment is not ready yet; else that is 409 `not_ready`.',
    params: track,
    result: TimestampedLyrics,
    headers: ['Idempotency-Key', 'Prefer'],
    errors: [
      'not_found',
      ...BODY,
      ...IDEMPOTENCY,
      'not_ready',
      'lyrics_unavailable',
      'provider_pinned_unavailable',
      ...ASKED,
    ],
  },
  getTimestampedLyrics: {
    kind: 'read',
    method: 'get',
    path: '/v1/tracks/{track_id}/timestamped-lyrics',
    tag: 'Lyrics',
    summary: 'The stored alignment of a track',
    description:
      'Free. 409 `not_ready` until alignLyrics has been called for this track. In another format than JSON by `?format=`, or by `Accept`: words that the provider could not place, or that contradict the others, are spread between their neighbours; WebVTT and TTML mark them as estimated. Without words that is 422 `lyrics_unavailable`.',
    params: track,
    query: z.strictObject({
      format: z
        .enum(Object.keys(LYRIC_FORMATS) as [LyricFormat, ...LyricFormat[]])
        .optional()
        .describe('Wins over `Accept`. `elrc` is LRC with a time before each word'),
    }),
    formats: LYRIC_FORMATS,
    result: TimestampedLyrics,
    headers: [],
    errors: ['not_found', 'task_deleted', 'validation_failed', 'not_acceptable', 'not_ready', 'lyrics_unavailable'],
  },
  getWaveform: {
    kind: 'read',
    method: 'get',
    path: '/v1/tracks/{track_id}/waveform',
    tag: 'Tracks',
    summary: 'How loud a track is, over its whole length',
    description:
      'Free. It comes with the alignment: 409 `not_ready` until alignLyrics has been called for this track. As `samples` of the provider, `peaks` for wavesurfer, or `audiowaveform` JSON (version 2).',
    params: track,
    query: z.strictObject({
      format: z
        .enum(Object.keys(WAVEFORM_FORMATS) as [WaveformFormat, ...WaveformFormat[]])
        .optional()
        .describe('Default `samples`'),
    }),
    formats: WAVEFORM_FORMATS,
    result: Waveform,
    headers: [],
    errors: [
      'not_found',
      'task_deleted',
      'validation_failed',
      'not_acceptable',
      'not_ready',
      'lyrics_unavailable',
      'waveform_unavailable',
    ],
  },
  getWebhookSecret: {
    kind: 'read',
    method: 'get',
    path: '/v1/webhook-secret',
    tag: 'Webhooks',
    summary: 'What signs the messages to the `webhook` of your requests',
    description:
      'It belongs to the key that you send: another key has another secret, and a task is signed for with that of the key it was asked for with.',
    result: WebhookSecret,
    headers: [],
    errors: [],
  },
  createWebhookEndpoint: {
    kind: 'read',
    method: 'post',
    path: '/v1/webhook-endpoints',
    tag: 'Webhooks',
    summary: 'Register an endpoint for the events of all tasks of the project',
    description: 'Messages follow Standard Webhooks 1.0. The answer shows the `secret`, this once.',
    body: CreateWebhookEndpointRequest,
    result: WebhookEndpointWithSecret,
    headers: [],
    errors: [...SENT, 'webhook_url_forbidden'],
    example: { url: 'https://example.com/hooks/tutti', events: ['task.succeeded', 'task.failed'] },
  },
  listWebhookEndpoints: {
    kind: 'read',
    method: 'get',
    path: '/v1/webhook-endpoints',
    tag: 'Webhooks',
    summary: 'Every registered endpoint, newest first',
    description: 'With what keeps it from being reached, where something does.',
    result: WebhookEndpointList,
    headers: [],
    errors: [],
  },
  getWebhookEndpoint: {
    kind: 'read',
    method: 'get',
    path: '/v1/webhook-endpoints/{endpoint_id}',
    tag: 'Webhooks',
    summary: 'A registered endpoint',
    description: 'Its secret is not shown again: rotateWebhookSecret makes a new one.',
    params: endpoint,
    result: WebhookEndpoint,
    headers: [],
    errors: ['not_found'],
  },
  updateWebhookEndpoint: {
    kind: 'read',
    method: 'patch',
    path: '/v1/webhook-endpoints/{endpoint_id}',
    tag: 'Webhooks',
    summary: 'Change an endpoint, disable it, or enable it again',
    description:
      'What is left out stays as it is. Disabled, it is sent nothing, and what it was still to be told is given up: redeliverWebhook sends that by hand.',
    params: endpoint,
    body: UpdateWebhookEndpointRequest,
    result: WebhookEndpoint,
    headers: [],
    errors: ['not_found', ...SENT, 'webhook_url_forbidden'],
    example: { url: 'https://example.com/hooks/tutti', events: ['task.succeeded'], status: 'enabled' },
  },
  deleteWebhookEndpoint: {
    kind: 'read',
    method: 'delete',
    path: '/v1/webhook-endpoints/{endpoint_id}',
    tag: 'Webhooks',
    summary: 'Remove an endpoint',
    description: 'What it was still to be told is given up. Its deliveries stay in the log.',
    params: endpoint,
    result: DeletedWebhookEndpoint,
    headers: [],
    errors: ['not_found', ...BODY],
  },
  rotateWebhookSecret: {
    kind: 'read',
    method: 'post',
    path: '/v1/webhook-endpoints/{endpoint_id}/rotate-secret',
    tag: 'Webhooks',
    summary: 'A new secret and key pair for an endpoint',
    description: 'For 24 hours messages carry the signatures of both, so that nothing is missed while you change over.',
    params: endpoint,
    result: WebhookEndpointWithSecret,
    headers: [],
    errors: ['not_found', ...BODY],
  },
  testWebhookEndpoint: {
    kind: 'read',
    method: 'post',
    path: '/v1/webhook-endpoints/{endpoint_id}/test',
    tag: 'Webhooks',
    summary: 'Send `webhook.test` to an endpoint',
    description: 'Whatever it wants to be told of. getWebhookDelivery says what became of it.',
    params: endpoint,
    result: WebhookDelivery,
    headers: [],
    errors: ['not_found', ...BODY, 'webhook_endpoint_disabled'],
  },
  listWebhookDeliveries: {
    kind: 'read',
    method: 'get',
    path: '/v1/webhook-deliveries',
    tag: 'Webhooks',
    summary: 'What was sent, to whom, and what came of it, newest first',
    description: 'Kept for 30 days. One delivery is one event for one receiver, with all its attempts.',
    query: z.strictObject({
      limit: limit.optional().describe('Default 20'),
      cursor: z.string().optional().describe('`next_cursor` of the page before'),
      endpoint_id: EndpointId.optional(),
      task_id: TaskId.optional(),
      status: DeliveryStatus.optional(),
    }),
    result: WebhookDeliveryList,
    headers: ['If-None-Match'],
    errors: ['validation_failed'],
  },
  getWebhookDelivery: {
    kind: 'read',
    method: 'get',
    path: '/v1/webhook-deliveries/{delivery_id}',
    tag: 'Webhooks',
    summary: 'A delivery, with what is sent',
    description: 'The payload is the same at every attempt; signature and time are those of the attempt.',
    params: delivery,
    result: WebhookDeliveryWithPayload,
    headers: ['If-None-Match'],
    errors: ['not_found'],
  },
  redeliverWebhook: {
    kind: 'read',
    method: 'post',
    path: '/v1/webhook-deliveries/{delivery_id}/redeliver',
    tag: 'Webhooks',
    summary: 'Send a message once more',
    description: 'With the same `webhook-id`, as a delivery of its own that waits for no other.',
    params: delivery,
    result: WebhookDelivery,
    headers: [],
    errors: ['not_found', 'task_deleted', ...BODY, 'webhook_endpoint_disabled'],
  },
  getOwnKey: {
    kind: 'read',
    scope: null,
    method: 'get',
    path: '/v1/key',
    tag: 'Keys',
    summary: 'The key you send, and what is left to it',
    description: 'Any key may ask for itself.',
    result: OwnKey,
    headers: [],
    errors: [],
  },
  createKey: {
    kind: 'read',
    method: 'post',
    path: '/v1/keys',
    tag: 'Keys',
    summary: 'A new key',
    description:
      'The answer shows the `key`, this once. Nobody gives what he does not have: a key that is held to scopes, operations, providers, limits or a time makes keys that are held to as much.',
    body: CreateKeyRequest,
    result: KeyWithSecret,
    headers: [],
    errors: [...SENT],
    example: { name: 'Web player', scopes: ['read'] },
  },
  listKeys: {
    kind: 'read',
    method: 'get',
    path: '/v1/keys',
    tag: 'Keys',
    summary: 'The keys of a project, newest first',
    description: 'Of the project of the key you send; the bootstrap key sees those of all, or of the one it names.',
    query: z.strictObject({ project: ProjectId.optional() }),
    result: KeyList,
    headers: [],
    errors: ['validation_failed'],
  },
  rotateKey: {
    kind: 'read',
    method: 'post',
    path: '/v1/keys/{key_id}/rotate',
    tag: 'Keys',
    summary: 'A new secret for a key',
    description:
      'Everything else of it stays: its id, its limits, what it has spent. The secret before is taken for `overlap_seconds` more, and one before that no longer.',
    params: key,
    body: RotateKeyRequest,
    bodyOptional: true,
    result: KeyWithSecret,
    headers: [],
    errors: ['not_found', 'not_ready', ...SENT],
    example: { overlap_seconds: 3600 },
  },
  revokeKey: {
    kind: 'read',
    method: 'delete',
    path: '/v1/keys/{key_id}',
    tag: 'Keys',
    summary: 'End a key',
    description:
      'Within five seconds it is taken nowhere any more, and for good. Tasks it has made are carried to their end.',
    params: key,
    result: Key,
    headers: [],
    errors: ['not_found', ...BODY],
  },
  createProject: {
    kind: 'read',
    method: 'post',
    path: '/v1/projects',
    tag: 'Keys',
    summary: 'A new project',
    description:
      'What a project makes, no other project sees. Only the bootstrap key makes projects; createKey then makes a key of it.',
    body: CreateProjectRequest,
    result: Project,
    headers: [],
    errors: [...SENT],
    example: { id: 'radio-nord', description: 'Jingles of the northern station' },
  },
  listProjects: {
    kind: 'read',
    method: 'get',
    path: '/v1/projects',
    tag: 'Keys',
    summary: 'Every project, newest first',
    description: 'Another key than the bootstrap key sees its own.',
    result: ProjectList,
    headers: [],
    errors: [],
  },
  getCredits: {
    kind: 'read',
    scope: 'providers',
    method: 'get',
    path: '/v1/credits',
    tag: 'Providers',
    summary: 'What is left at each configured provider',
    description: 'Asks every provider with its key. A provider that does not answer has `error` set instead.',
    result: CreditsList,
    headers: [],
    errors: [],
  },
  listProviders: {
    kind: 'read',
    scope: 'providers',
    method: 'get',
    path: '/v1/providers',
    tag: 'Providers',
    summary: 'The providers Tutti knows, in routing order',
    description:
      'A provider without a key is listed as `not_configured` and never called. How the others do, and what was seen of them, is what this server remembers since it started.',
    result: ProviderList,
    headers: [],
    errors: [],
  },
  listCapabilities: {
    kind: 'read',
    method: 'get',
    path: '/v1/capabilities',
    tag: 'Providers',
    summary: 'What each provider can do, field by field',
    description: 'Derived from the same tables that requests are translated with.',
    result: CapabilityList,
    headers: [],
    errors: [],
  },
} as const satisfies Record<string, Operation>

export type OperationId = keyof typeof catalogue

/** What a key needs for an operation; null where any key will do. */
export const scopeOf = ({ scope, tag, kind }: Operation): Scope | null => {
  if (scope !== undefined) return scope
  if (tag === 'Webhooks') return 'webhooks'
  if (tag === 'Keys') return 'keys'
  return kind === 'read' ? 'read' : 'create'
}
