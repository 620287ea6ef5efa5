/** Custom voices in the suno-relay dialect: kie.md 10, 12.7; apibox.md 6.24. */
import * as z from 'zod'
import { AvailabilityReport } from '../../../src/canonical/checkVoice.ts'
import {
  ConfirmVoiceSubmission,
  PhraseReport,
  RenewPhraseSubmission,
  StartVoiceSubmission,
  VoiceReport,
} from '../../../src/canonical/voice.ts'
import { fields } from '../../../src/contract/codec.ts'
import { TaskReference } from '../../../src/contract/shapes.ts'
import { callback, type Family, record } from './made.ts'

/** Languages and skills go by the same words as ours. */
export const phraseRequest = fields(StartVoiceSubmission, {
  audio_url: 'voiceUrl',
  start_seconds: 'vocalStartS',
  end_seconds: 'vocalEndS',
  language: 'language',
  callback_url: 'callBackUrl',
})

/** With one l, as both pages print it. */
export const renewalRequest = fields(RenewPhraseSubmission, {
  provider_task_id: 'taskId',
  callback_url: 'calBackUrl',
})

/** In snake_case, unlike its siblings; of the task that made the voice. */
export const checkRequest = fields(TaskReference, { provider_task_id: 'task_id' })
export const availability = fields(AvailabilityReport, { available: 'isAvailable' })

export const voiceRequest = fields(ConfirmVoiceSubmission, {
  provider_task_id: 'taskId',
  audio_url: 'verifyUrl',
  name: 'voiceName',
  description: 'description',
  style: 'style',
  skill: 'singerSkillLevel',
  callback_url: 'callBackUrl',
})

const phrase = z.codec(z.string(), PhraseReport, {
  decode: (said) => ({ phrase: said }),
  encode: (report) => report.phrase,
})
const voice = z.codec(z.string(), VoiceReport, {
  decode: (id) => ({ provider_voice_id: id }),
  encode: (report) => report.provider_voice_id,
})

const source = 'kie.md 10; apibox.md 6.24'
/** One vocabulary for two steps: what waits for its recording ends the first and is under way in the second. */
const phraseWords = (at: string): Family => ({
  at,
  running: ['wait_processing', 'processing_validate'],
  done: ['wait_validating', 'success'],
  failed: ['processing_validate_fail', 'fail'],
  source,
})
const voiceWords = (at: string): Family => ({
  at,
  running: ['wait_processing', 'processing_validate', 'wait_validating'],
  done: ['success'],
  failed: ['fail', 'processing_validate_fail'],
  source,
})

/** Another singer than before, though all the codes say success (kie.md quirk 21). */
const notTheSame = (at: string) => ({ at, is: 'fail' })
const voiceAt = (at: string) => ({ all: [{ at, blank: false }, { not: notTheSame(at) }] })
const failed = { code: 400, text: 'Voice processing failed' }
const told = { message: ['data.errorMessage', 'msg'], ignored: ['data.errorCode'] } as const

export const phraseRecord = record({
  words: phraseWords('status'),
  there: { at: 'validateInfo', blank: false },
  result: ['validateInfo', phrase],
  ignored: [],
})

export const phraseCallback = callback({
  ...told,
  task: 'data.taskId',
  words: phraseWords('data.status'),
  there: { at: 'data.validateInfo', blank: false },
  result: ['data.validateInfo', phrase],
  says: 'success',
  failed,
  source: 'kie.md 12.7',
})

export const voiceRecord = record({
  words: voiceWords('status'),
  there: voiceAt('voiceId'),
  broken: notTheSame('voiceId'),
  result: ['voiceId', voice],
  ignored: [],
})

export const voiceCallback = callback({
  ...told,
  task: 'data.taskId',
  words: voiceWords('data.status'),
  there: voiceAt('data.voiceId'),
  broken: notTheSame('data.voiceId'),
  result: ['data.voiceId', voice],
  says: 'success',
  failed,
  source: 'kie.md 12.7; apibox.md 6.24',
})
