/** What the engine hands to an adapter, form by form: canonical words, every choice made, native ids in place. */
import * as z from 'zod'
import { AddInstrumentalSubmission } from '../canonical/addInstrumental.ts'
import { AddVocalsSubmission } from '../canonical/addVocals.ts'
import { CoverMusicSubmission } from '../canonical/coverMusic.ts'
import { CreateMidiSubmission } from '../canonical/createMidi.ts'
import { persona } from '../canonical/createPersona.ts'
import { credits } from '../canonical/createVideo.ts'
import { submitted } from '../canonical/creation.ts'
import { EnhanceStyleSubmission } from '../canonical/enhanceStyle.ts'
import { Extension } from '../canonical/extendMusic.ts'
import { Compose, Describe, GenerateMusicSubmission } from '../canonical/generateMusic.ts'
import { GenerateSoundSubmission } from '../canonical/generateSound.ts'
import { MashupMusicSubmission } from '../canonical/mashupMusic.ts'
import { Section, SectionWithModel } from '../canonical/replaceSection.ts'
import { separation } from '../canonical/separateStems.ts'
import { AudioUrl } from '../canonical/source.ts'
import { UploadFromUrlSubmission, UploadSubmission } from '../canonical/uploadAudio.ts'
import { ConfirmVoiceSubmission, RenewPhraseSubmission, StartVoiceSubmission } from '../canonical/voice.ts'
import { Model } from '../canonical/words.ts'
import { WriteLyricsSubmission } from '../canonical/writeLyrics.ts'
import { TaskReference, TrackReference } from './shapes.ts'

const track = TrackReference.shape
const callback = { callback_url: submitted.callback_url }

/** Some providers name the track alone, some its task and place: the engine says all of it. */
export const ExtendMusicSubmission = z.object({
  ...TrackReference.partial().shape,
  ...Extension.shape,
  // Where the provider takes none, the source's own model it is.
  model: Model.optional(),
})
export const ExtendAudioSubmission = z.object({ audio_url: AudioUrl, ...Extension.shape })
export const ReplaceSectionSubmission = z.object({ ...track, ...Section.shape })
export const ReplaceAudioSectionSubmission = z.object({ audio_url: AudioUrl, ...SectionWithModel.shape })
/** All that a follow-up of a track needs to say. */
export const TrackSubmission = z.object({ ...track, ...callback })
export const SeparateStemsSubmission = z.object({ ...track, ...separation, ...callback })
export const SeparateAudioSubmission = z.object({ audio_url: AudioUrl, ...separation, ...callback })
export const CreateVideoSubmission = z.object({ ...track, ...credits, ...callback })
export const CreatePersonaSubmission = z.object({ ...track, ...persona })
/** All tracks of a task at once. */
export const WholeTaskSubmission = z.object({ ...TaskReference.shape, ...callback })

const minimax = { model: z.literal('minimax') }
export const DescribedMinimax = z.object({ ...Describe.shape, ...minimax })
/** Without a place for its title. */
export const ComposedMinimax = z.object({ ...Compose.shape, title: Compose.shape.title.optional(), ...minimax })
/** A model that is asked for at a place of its own. */
export const GenerateMinimaxSubmission = z.discriminatedUnion('mode', [DescribedMinimax, ComposedMinimax])

/** The submission of each form. */
export const SUBMISSIONS = {
  generateMusic: GenerateMusicSubmission,
  generateMinimax: GenerateMinimaxSubmission,
  extendMusic: ExtendMusicSubmission,
  extendAudio: ExtendAudioSubmission,
  coverMusic: CoverMusicSubmission,
  addVocals: AddVocalsSubmission,
  addInstrumental: AddInstrumentalSubmission,
  replaceSection: ReplaceSectionSubmission,
  replaceAudioSection: ReplaceAudioSectionSubmission,
  mashupMusic: MashupMusicSubmission,
  generateSound: GenerateSoundSubmission,
  writeLyrics: WriteLyricsSubmission,
  convertToWav: TrackSubmission,
  separateStems: SeparateStemsSubmission,
  separateAudio: SeparateAudioSubmission,
  createMidi: CreateMidiSubmission,
  createVideo: CreateVideoSubmission,
  createCoverArt: WholeTaskSubmission,
  startVoice: StartVoiceSubmission,
  renewPhrase: RenewPhraseSubmission,
  confirmVoice: ConfirmVoiceSubmission,
  recoverTrack: WholeTaskSubmission,
  alignLyrics: TrackReference,
  createPersona: CreatePersonaSubmission,
  checkVoice: TaskReference,
  enhanceStyle: EnhanceStyleSubmission,
  uploadAudio: UploadSubmission,
  uploadFromUrl: UploadFromUrlSubmission,
  getCredits: z.object({}),
} as const
export type Submissions = { readonly [F in keyof typeof SUBMISSIONS]: z.infer<(typeof SUBMISSIONS)[F]> }
