/** What the providers that do not exist can do beside songs: their words are ours, but for a few. */
import * as z from 'zod'
import { AddInstrumentalSubmission } from '../../src/canonical/addInstrumental.ts'
import { AvailabilityReport } from '../../src/canonical/checkVoice.ts'
import { FileReport } from '../../src/canonical/convertToWav.ts'
import { ComposedCover, DescribedCover } from '../../src/canonical/coverMusic.ts'
import { ImagesReport } from '../../src/canonical/createCoverArt.ts'
import { CreateMidiSubmission, MidiReport } from '../../src/canonical/createMidi.ts'
import { PersonaReport } from '../../src/canonical/createPersona.ts'
import { EnhanceStyleSubmission, StyleReport } from '../../src/canonical/enhanceStyle.ts'
import { GenerateSoundSubmission } from '../../src/canonical/generateSound.ts'
import { ComposedMashup, DescribedMashup } from '../../src/canonical/mashupMusic.ts'
import { RecoveryReport } from '../../src/canonical/recoverTrack.ts'
import type { Rule } from '../../src/canonical/rule.ts'
import { StemsReport } from '../../src/canonical/separateStems.ts'
import { UploadFromUrlSubmission, UploadReport, UploadSubmission } from '../../src/canonical/uploadAudio.ts'
import {
  ConfirmVoiceSubmission,
  PhraseReport,
  RenewPhraseSubmission,
  StartVoiceSubmission,
  VoiceReport,
} from '../../src/canonical/voice.ts'
import type { Model } from '../../src/canonical/words.ts'
import { WriteLyricsSubmission, WrittenLyrics } from '../../src/canonical/writeLyrics.ts'
import type { Adapter, TaskBinding } from '../../src/contract/adapter.ts'
import { blankIsNull, type Codec, decimal, fields, type Row, type Rows, unsupported } from '../../src/contract/codec.ts'
import { type Snapshot, TaskReference, TrackReport } from '../../src/contract/shapes.ts'
import { snapshot } from '../../src/contract/snapshot.ts'
import {
  ComposedMinimax,
  CreatePersonaSubmission,
  CreateVideoSubmission,
  DescribedMinimax,
  ExtendAudioSubmission,
  ExtendMusicSubmission,
  ReplaceAudioSectionSubmission,
  ReplaceSectionSubmission,
  SeparateAudioSubmission,
  SeparateStemsSubmission,
  TrackSubmission,
  WholeTaskSubmission,
} from '../../src/contract/submissions.ts'

export const source = 'made up'

export const reference = fields(TaskReference, { provider_task_id: 'job' })

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
const common = {
  task: ['job'],
  stage: [
    { when: state('BROKEN'), is: 'failed', speaks: { state: 'BROKEN' }, source },
    { when: state('DONE'), is: 'complete', speaks: { state: 'DONE' }, source },
    { when: state('HALF'), is: 'first_ready', speaks: { state: 'HALF' }, source },
    { when: state('WORDS'), is: 'text_ready', speaks: { state: 'WORDS' }, source },
    { when: state('NEW'), is: 'submitted', speaks: { state: 'NEW' }, source },
  ],
  failure: { code: ['whyCode'], status: ['state'], message: ['why'] },
  ignored: [],
} as const

export const songRecord = snapshot({ ...common, tracks: ['parts', track], none: null })

/** Every field under its own name, but for those of `rows`. */
const own = <const Shape extends z.core.$ZodShape>(
  schema: z.ZodObject<Shape>,
  rows: { readonly [Field in keyof Shape]?: Row } = {},
) => {
  const names = Object.keys(schema.shape).map((name) => [name, name === 'callback_url' ? 'ring' : name])
  return fields(schema, { ...Object.fromEntries(names), ...rows } as Rows<Shape>)
}

const task = <Submission>(
  form: string,
  request: Codec<Submission>,
  record: Codec<Snapshot>,
  models: readonly Model[] = [],
  rules: readonly Rule[] = [],
): TaskBinding<Submission> => ({
  submit: { method: 'POST', path: `/${form}`, carries: 'json', request, response: reference },
  poll: { method: 'GET', path: `/${form}/one`, carries: 'query', request: reference, response: record },
  callback: record,
  models,
  rules,
})
/** Makes something else than tracks. */
const makes = <Submission>(form: string, request: Codec<Submission>, report: z.ZodType, rules: readonly Rule[] = []) =>
  task(form, request, snapshot({ ...common, result: ['made', report] }), [], rules)

const call = <Submission, Report>(form: string, request: Codec<Submission>, response: Codec<Report>) => ({
  call: { method: 'POST', path: `/${form}`, carries: 'json', request, response } as const,
})

/** A song goes on by its own id. */
const extendMusic = (models: readonly Model[]) => task('extendMusic', own(ExtendMusicSubmission), songRecord, models)
const extendAudio = (models: readonly Model[]) => task('extendAudio', own(ExtendAudioSubmission), songRecord, models)
const coverMusic = (models: readonly Model[]) =>
  task('coverMusic', z.union([own(DescribedCover), own(ComposedCover)]), songRecord, models, [
    { forbid: 'lyrics', when: { instrumental: true }, source },
  ])
const createPersona = {
  ...call('createPersona', own(CreatePersonaSubmission), own(PersonaReport)),
  rules: [{ field: 'name', max: 20, source }],
}
const enhanceStyle = call('enhanceStyle', own(EnhanceStyleSubmission), own(StyleReport))
const uploadFromUrl = call('uploadFromUrl', own(UploadFromUrlSubmission), own(UploadReport))

/** Everything of its own tracks; of audio that is nobody's only some. */
export const most = {
  extendMusic: extendMusic(['v5', 'v4']),
  extendAudio: extendAudio(['v5', 'v4']),
  coverMusic: coverMusic(['v5', 'v4']),
  replaceSection: task('replaceSection', own(ReplaceSectionSubmission), songRecord),
  generateSound: task('generateSound', own(GenerateSoundSubmission, { key: unsupported }), songRecord, ['v5']),
  writeLyrics: makes('writeLyrics', own(WriteLyricsSubmission), WrittenLyrics),
  convertToWav: makes('convertToWav', own(TrackSubmission), FileReport),
  separateStems: makes('separateStems', own(SeparateStemsSubmission), StemsReport),
  createMidi: makes('createMidi', own(CreateMidiSubmission), MidiReport),
  createVideo: makes('createVideo', own(CreateVideoSubmission, { domain_name: unsupported }), FileReport),
  createCoverArt: makes('createCoverArt', own(WholeTaskSubmission), ImagesReport),
  startVoice: makes('startVoice', own(StartVoiceSubmission), PhraseReport),
  renewPhrase: makes('renewPhrase', own(RenewPhraseSubmission), PhraseReport),
  confirmVoice: makes('confirmVoice', own(ConfirmVoiceSubmission), VoiceReport),
  recoverTrack: makes('recoverTrack', own(WholeTaskSubmission), RecoveryReport),
  createPersona,
  checkVoice: call('checkVoice', own(TaskReference), own(AvailabilityReport)),
  enhanceStyle,
  uploadAudio: call('uploadAudio', own(UploadSubmission), own(UploadReport)),
  uploadFromUrl,
} satisfies Adapter['operations']

/** Goes on with its own tracks only; sells minimax at a place of its own. */
export const some = {
  generateMinimax: task(
    'generateMinimax',
    z.union([own(DescribedMinimax), own(ComposedMinimax, { title: unsupported })]),
    songRecord,
    ['minimax'],
    [
      { ignored: 'style_weight', source },
      { field: 'bitrate', range: [32_000, 256_000], source },
    ],
  ),
  extendMusic: extendMusic(['v5.5', 'v5']),
  generateSound: task('generateSound', own(GenerateSoundSubmission), songRecord, ['v5.5']),
  createPersona,
  enhanceStyle,
  uploadFromUrl,
} satisfies Adapter['operations']

/** Of any audio, whoever made it. */
export const uploadForms = {
  extendAudio: extendAudio(['v6']),
  coverMusic: coverMusic(['v6']),
  addInstrumental: task('addInstrumental', own(AddInstrumentalSubmission), songRecord, ['v6']),
  separateAudio: makes('separateAudio', own(SeparateAudioSubmission), StemsReport),
  replaceAudioSection: task('replaceAudioSection', own(ReplaceAudioSectionSubmission), songRecord, ['v6']),
  mashupMusic: task('mashupMusic', z.union([own(DescribedMashup), own(ComposedMashup)]), songRecord, ['v6']),
} satisfies Adapter['operations']
