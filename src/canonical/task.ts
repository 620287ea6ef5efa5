/** The task: one canonical request being carried out. The same object in every answer. */
import * as z from 'zod'
import { AddInstrumentalRequest } from './addInstrumental.ts'
import { AddVocalsRequest } from './addVocals.ts'
import { CoverMusicRequest } from './coverMusic.ts'
import { TranscribeStemsRequest } from './createMidi.ts'
import { CreatePersonaRequest } from './createPersona.ts'
import { credits } from './createVideo.ts'
import { followed } from './creation.ts'
import { EnhanceStyleRequest } from './enhanceStyle.ts'
import { TaskError } from './error.ts'
import { ExtendMusicRequest } from './extendMusic.ts'
import { GenerateMusicRequest } from './generateMusic.ts'
import { GenerateSoundRequest } from './generateSound.ts'
import { AttemptId, TaskId, TrackId, VoiceId } from './id.ts'
import { ImportTrackRequest } from './importTrack.ts'
import { Instant } from './instant.ts'
import { MashupMusicRequest } from './mashupMusic.ts'
import { CALL_OPERATIONS, TASK_OPERATIONS } from './operations.ts'
import { ReplaceSectionRequest } from './replaceSection.ts'
import { Result } from './results.ts'
import { SeparateAudioRequest, separation } from './separateStems.ts'
import { UploadAudioRequest } from './uploadAudio.ts'
import { ConfirmVoiceRequest, StartVoiceRequest } from './voice.ts'
import { AttemptState, Charged, ChosenBy, Model, Stage, TaskStatus, TrackStatus } from './words.ts'
import { WriteLyricsRequest } from './writeLyrics.ts'

export const Track = z
  .object({
    id: TrackId,
    object: z.literal('track'),
    task_id: TaskId,
    index: z.int().min(0),
    status: TrackStatus.describe('`streaming`: only `stream_url` plays; `ready`: `audio` is final'),
    provider: z.string(),
    provider_track_id: z.string().nullable(),
    title: z.string().nullable(),
    lyrics: z.string().nullable(),
    style: z.string().nullable(),
    duration_seconds: z.number().nullable(),
    audio: z
      .object({ url: z.string(), expires_at: Instant.describe('When the provider deletes it: copy the file before') })
      .nullable(),
    stream_url: z.string().nullable().describe('A live stream, while the audio is not final'),
    image_url: z.string().nullable(),
    error: z.string().nullable().describe("The provider's words, where this track failed"),
    verified: z.boolean().describe('False where only a callback told of it, and it could not be read at the provider'),
    created_at: Instant,
  })
  .meta({ id: 'Track' })
export type Track = z.infer<typeof Track>

export const Warning = z
  .object({
    pointer: z.string().describe('JSON Pointer of the field you sent'),
    code: z.enum(['parameter_unsupported', 'parameter_ignored']),
    detail: z.string(),
  })
  .meta({ id: 'Warning' })
export type Warning = z.infer<typeof Warning>

export const Attempt = z
  .object({
    id: AttemptId,
    provider: z.string(),
    model: Model.nullable(),
    state: AttemptState,
    chosen_by: ChosenBy.describe(
      'Why this provider: `own` made what the request is about, `order` was named, `fallback` after another one, `spill` while a better one is full or unwell, `retry` once more; else the strategy',
    ),
    provider_task_id: z.string().nullable(),
    charged: Charged,
    error: TaskError.nullable(),
    created_at: Instant,
    updated_at: Instant,
  })
  .meta({ id: 'Attempt' })

export const Billing = z
  .object({
    charged: Charged.describe('Whether a provider took money for this task'),
    credits: z.number().nullable().describe("In the provider's own credits; null where its price is not known"),
    usd: z.number().nullable().describe('By the documented price of a credit; null where it is not known'),
  })
  .meta({ id: 'Billing' })

/** Requests whose subject stands in their path, as their tasks show them. */
const FollowUpEcho = z
  .object({
    track_id: TrackId,
    separation: separation.separation.optional(),
    stem: z.string().optional(),
    stems_task_id: TaskId.optional(),
    ...credits,
    ...followed,
  })
  .meta({ id: 'FollowUpEcho' })
const RecordingEcho = z.object({ voice_id: VoiceId, ...ConfirmVoiceRequest.shape }).meta({ id: 'RecordingEcho' })
/** Another phrase, or a check, of the voice in its path. */
const VoiceEcho = z.object({ voice_id: VoiceId, ...followed }).meta({ id: 'VoiceEcho' })
/** An upload of a file: the file itself is not shown. */
const FileEcho = z.object({ size_bytes: z.number(), file_name: z.string().optional() }).meta({ id: 'FileEcho' })

/** A request as answers show it: open, as all that clients read. */
const echo = <Shape extends z.core.$ZodShape>(name: string, { shape }: z.ZodObject<Shape>) =>
  z.object(shape).meta({ id: `${name}Echo` })

const Request = z
  .union([
    GenerateMusicRequest,
    echo('ExtendMusic', ExtendMusicRequest),
    echo('CoverMusic', CoverMusicRequest),
    echo('AddVocals', AddVocalsRequest),
    echo('AddInstrumental', AddInstrumentalRequest),
    echo('ReplaceSection', ReplaceSectionRequest),
    echo('MashupMusic', MashupMusicRequest),
    echo('GenerateSound', GenerateSoundRequest),
    echo('WriteLyrics', WriteLyricsRequest),
    echo('SeparateAudio', SeparateAudioRequest),
    echo('TranscribeStems', TranscribeStemsRequest),
    echo('StartVoice', StartVoiceRequest),
    echo('CreatePersona', CreatePersonaRequest),
    echo('EnhanceStyle', EnhanceStyleRequest),
    echo('ImportTrack', ImportTrackRequest),
    echo('UploadAudio', UploadAudioRequest),
    RecordingEcho,
    VoiceEcho,
    FollowUpEcho,
    FileEcho,
  ])
  .describe('What you asked for, before defaults')

export const Task = z
  .object({
    id: TaskId,
    object: z.literal('task'),
    operation: z.enum([...TASK_OPERATIONS, ...CALL_OPERATIONS]).describe('The operationId. More may appear'),
    status: TaskStatus,
    stage: Stage,
    seq: z.int().min(1).describe('Counts the events of this task without gaps'),
    created_at: Instant,
    updated_at: Instant,
    deadline_at: Instant.nullable().describe('Nothing is sent any more from then on; see `Cancel-After`'),
    stalled: z.boolean().describe('There has been no news for too long; it is followed all the same'),
    livemode: z.boolean().describe('False in the sandbox: nothing was bought'),
    provider: z.string().nullable().describe('The provider of the current attempt'),
    model: Model.nullable().describe('The model of the current attempt, with `auto` resolved'),
    request: Request,
    stages: z.array(z.object({ stage: Stage, at: Instant })).describe('Every stage reached, in order'),
    tracks: z.array(Track),
    result: Result.nullable().describe('What was made, where that is no track; null until it is there'),
    error: TaskError.nullable(),
    salvaged_from: TaskId.nullable().describe('The failed task whose result came after its end: this task keeps it'),
    billing: Billing,
    warnings: z.array(Warning),
    attempts: z.array(Attempt),
    metadata: z.record(z.string(), z.string()),
    links: z.object({ self: z.string() }),
  })
  .meta({ id: 'Task' })
export type Task = z.infer<typeof Task>

export const TaskList = z
  .object({ data: z.array(Task), has_more: z.boolean(), next_cursor: z.string().nullable() })
  .meta({ id: 'TaskList' })
