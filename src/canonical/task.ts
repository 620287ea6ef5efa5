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
import { paged } from './page.ts'
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
    task_id: TaskId.describe('The task that made it'),
    index: z.int().min(0).describe('Its place among the tracks of its task at the provider, from 0'),
    status: TrackStatus.describe('`streaming`: only `stream_url` plays; `ready`: `audio` is final'),
    provider: z.string().describe('Id of the provider that made it'),
    provider_track_id: z.string().nullable().describe('Its id there; null where it is not known'),
    title: z.string().nullable().describe('As the provider tells it; null until it does'),
    lyrics: z.string().nullable().describe('What is sung; null until the provider tells, and where it tells none'),
    style: z.string().nullable().describe('Genre, mood, instruments as the provider tells them; null until it does'),
    duration_seconds: z.number().nullable().describe('Length of the audio; null until the provider tells it'),
    audio: z
      .object({
        url: z.string().describe('The file at the provider'),
        expires_at: Instant.describe('When the provider deletes it: copy the file before'),
      })
      .nullable()
      .describe('The final audio; null until it is there'),
    stream_url: z.string().nullable().describe('A live stream while the audio is not final; null before and after'),
    image_url: z.string().nullable().describe('A cover picture at the provider; null where there is none'),
    error: z.string().nullable().describe("The provider's words where this track failed; else null"),
    verified: z.boolean().describe('False where only a callback told of it, and it could not be read at the provider'),
    created_at: Instant,
  })
  .meta({ id: 'Track' })
export type Track = z.infer<typeof Track>

export const Warning = z
  .object({
    pointer: z.string().describe('JSON Pointer of the field you sent'),
    code: z
      .enum(['parameter_unsupported', 'parameter_ignored'])
      .describe(
        '`parameter_unsupported`: the provider has no such field; `parameter_ignored`: it takes it without effect',
      ),
    detail: z.string().describe('What became of the field, in a sentence'),
  })
  .meta({ id: 'Warning' })
export type Warning = z.infer<typeof Warning>

export const Attempt = z
  .object({
    id: AttemptId,
    provider: z.string().describe('Id of the provider that was asked'),
    model: Model.nullable().describe('The model asked for; null where the provider takes none, or it is not known'),
    state: AttemptState,
    chosen_by: ChosenBy.describe(
      'Why this provider: `own` made what the request is about, `order` was named, `fallback` after another one, `spill` while a better one is full or unwell, `retry` once more; else the strategy',
    ),
    provider_task_id: z.string().nullable().describe('Id of the task there; null until it is known'),
    charged: Charged,
    error: TaskError.nullable().describe('What went wrong with it; null where nothing did'),
    created_at: Instant,
    updated_at: Instant,
  })
  .meta({ id: 'Attempt' })

export const Billing = z
  .object({
    charged: Charged.describe(
      'Whether a provider took money for this task: of several attempts the worst that may be, `unknown` before `yes` before `refunded`',
    ),
    credits: z.number().nullable().describe("In the provider's own credits; null where its price is not known"),
    usd: z.number().nullable().describe('By the documented price of a credit; null where it is not known'),
  })
  .meta({ id: 'Billing', description: 'What is known about the money, over all attempts' })

/** Requests whose subject stands in their path, as their tasks show them. */
const FollowUpEcho = z
  .object({
    track_id: TrackId.describe('The track in the path of the request'),
    separation: separation.separation.optional(),
    stem: z.string().optional().describe('Only this stem'),
    stems_task_id: TaskId.optional().describe('The separation that the notes are read of'),
    ...credits,
    ...followed,
  })
  .meta({ id: 'FollowUpEcho' })
const voice_id = VoiceId.describe('The voice in the path of the request')
const RecordingEcho = z.object({ voice_id, ...ConfirmVoiceRequest.shape }).meta({ id: 'RecordingEcho' })
/** Another phrase, or a check, of the voice in its path. */
const VoiceEcho = z.object({ voice_id, ...followed }).meta({ id: 'VoiceEcho' })
/** An upload of a file: the file itself is not shown. */
const FileEcho = z
  .object({
    size_bytes: z.number().describe('Size of the file that was sent'),
    file_name: z.string().optional().describe('Its name, where it had one'),
  })
  .meta({ id: 'FileEcho' })

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
    deadline_at: Instant.nullable().describe('Nothing is sent any more from then on: `Cancel-After`; null without it'),
    stalled: z.boolean().describe('There has been no news for too long; it is followed all the same'),
    livemode: z.boolean().describe('False in the sandbox: nothing was bought'),
    provider: z.string().nullable().describe('Id of the provider of the current attempt; null until one is asked'),
    model: Model.nullable().describe(
      'The model of the current attempt, with `auto` resolved; null where the provider takes none, or it is not known',
    ),
    request: Request,
    stages: z
      .array(z.object({ stage: Stage, at: Instant.describe('When it was reached') }))
      .describe('Every stage reached, in order'),
    tracks: z.array(Track).describe('The music that was made; empty until there is some, and where none is made'),
    result: Result.nullable().describe('What was made, where that is no track; null until it is there'),
    error: TaskError.nullable().describe('Why it failed, or was canceled by its deadline; else null'),
    salvaged_from: TaskId.nullable().describe(
      'The task that had failed, or had gone on to the next provider, when this result of it came; null for every other task',
    ),
    billing: Billing,
    warnings: z
      .array(Warning)
      .describe('Fields of the request that the provider of the current attempt does nothing with'),
    attempts: z.array(Attempt).describe('Every submission to a provider, in order'),
    metadata: z.record(z.string(), z.string()).describe('Your labels, as you sent them; empty without'),
    links: z.object({ self: z.string().describe('Path of this task') }).describe('Where to go on'),
  })
  .meta({ id: 'Task' })
export type Task = z.infer<typeof Task>

export const TaskAttemptList = z
  .object({ data: z.array(Attempt).describe('Every submission to a provider, in order') })
  .meta({ id: 'TaskAttemptList' })

export const TaskList = z.object({ data: z.array(Task).describe('Newest first'), ...paged }).meta({ id: 'TaskList' })
