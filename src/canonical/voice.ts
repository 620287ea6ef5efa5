/** Custom voices: a phrase to sing, another one, its recording, a voice. */
import * as z from 'zod'
import { carried, followed, submitted, text } from './creation.ts'
import { TaskId, VoiceId } from './id.ts'
import { Instant } from './instant.ts'
import { AudioUrl, Source } from './source.ts'
import { SingerSkill, VoiceLanguage } from './words.ts'

const sample = {
  start_seconds: z.int().min(0).describe('Where the singing begins, in whole seconds'),
  end_seconds: z.int().min(1).describe('Where it ends, in whole seconds'),
  language: VoiceLanguage.optional().describe('Of the phrase that is to be sung'),
}
export const StartVoiceSubmission = z.object({
  audio_url: AudioUrl,
  ...sample,
  callback_url: submitted.callback_url,
})
export type StartVoiceSubmission = z.infer<typeof StartVoiceSubmission>

export const StartVoiceRequest = z
  .strictObject({ source: Source.describe('Singing of the voice'), ...sample, ...carried })
  .meta({ id: 'StartVoiceRequest' })

/** Another phrase for the same voice. */
export const RenewPhraseSubmission = z.object({
  provider_task_id: z.string().min(1).describe('Of the phrase before'),
  callback_url: submitted.callback_url,
})
export type RenewPhraseSubmission = z.infer<typeof RenewPhraseSubmission>

export const RenewPhraseRequest = z.strictObject({ ...followed }).meta({ id: 'RenewPhraseRequest' })

export const VOICE_RULES = [
  { span: [1, null], field: 'end_seconds', from: 'start_seconds', source: 'kie.md 10' },
] as const

const singer = {
  name: text.optional().describe('What to call the voice'),
  description: text.optional().describe('What is characteristic of it'),
  style: text.optional().describe('Genre and mood that fit it'),
  skill: SingerSkill.optional().describe('How well the singer sings. Default `beginner`'),
}
export const ConfirmVoiceSubmission = z.object({
  provider_task_id: z.string().min(1).describe('Of the phrase'),
  audio_url: AudioUrl,
  ...singer,
  callback_url: submitted.callback_url,
})
export type ConfirmVoiceSubmission = z.infer<typeof ConfirmVoiceSubmission>

export const ConfirmVoiceRequest = z
  .strictObject({ source: Source.describe('The phrase, sung by the voice'), ...singer, ...followed })
  .meta({ id: 'ConfirmVoiceRequest' })

export const PhraseReport = z.object({ phrase: z.string().min(1) })
export type PhraseReport = z.infer<typeof PhraseReport>
export const VoiceReport = z.object({ provider_voice_id: z.string().min(1) })
export type VoiceReport = z.infer<typeof VoiceReport>

export const Voice = z
  .object({
    id: VoiceId.describe('For `voice_id` of generateMusic, extendMusic and coverMusic, once it is `ready`'),
    object: z.literal('voice'),
    status: z
      .enum(['preparing', 'awaiting_recording', 'processing', 'ready', 'failed'])
      .describe(
        '`preparing`: a phrase is on its way; `awaiting_recording`: sing `phrase` and send it to confirmVoice; `processing`: the voice is made of it',
      ),
    provider: z.string().nullable().describe('Only this provider can use it; null until one was asked'),
    phrase: z.string().nullable().describe('To be sung: the last one there is; null while none is there'),
    available: z.boolean().nullable().describe('What checkVoice heard last; null where nobody has asked yet'),
    checked_at: Instant.nullable().describe('When checkVoice heard it; null where nobody has asked yet'),
    start_task_id: TaskId.describe('The startVoice task'),
    phrase_task_id: TaskId.describe('The task that `phrase` is of: that of startVoice, or of renewPhrase'),
    confirm_task_id: TaskId.nullable().describe('The confirmVoice task; null until there is one'),
    created_at: Instant,
  })
  .meta({ id: 'Voice' })
export type Voice = z.infer<typeof Voice>
