/** What a song of the studio is: by the words of its request, or those of the song it is made from. */
import type { Submissions } from '../contract/submissions.ts'
import { peaks, renderSong } from './audio.ts'
import { notesOf, type Part, type Song } from './score.ts'
import { type SungWord, songWords } from './words.ts'

export interface Recording {
  readonly title: string
  readonly lyrics: string | null
  readonly style: string
  readonly duration_seconds: number
  /** All that is heard follows from it. */
  readonly seed: string
}

/** `idea` is what the music follows beside the words; `seconds` where it is not for them to say how long it is. */
interface Draft extends Pick<Recording, 'title' | 'lyrics' | 'style'> {
  readonly idea: string
  readonly seconds?: number
}

const NAMES = ['Lanterns', 'Harbour', 'Paper Boats', 'Slow Rain', 'Glass Hill', 'Northern Line', 'Copper Moon'] as const
export const nameFor = (idea: string) => NAMES[idea.length % NAMES.length]!
const STYLE = 'indie folk, warm'

export const lyricsFrom = (idea: string) => {
  const words = idea.replace(/[[\]]/g, ' ').split(/\s+/).filter(Boolean).slice(0, 12).join(' ')
  return `[Verse]\n${words}\nis all I hear tonight\n[Chorus]\nStay a little longer\nsing it till the light`
}

const LEAST = 16
const SECONDS_A_WORD = 0.6
const LONGEST = 240
const secondsOf = (lyrics: string | null) =>
  Math.min(LEAST + Math.ceil((lyrics ?? '').split(/\s+/).length * SECONDS_A_WORD), LONGEST)

type Told = Submissions['generateMusic' | 'generateMinimax' | 'coverMusic' | 'mashupMusic']
const told = (request: Told, source: Recording | null): Draft => {
  const seconds = request.duration_seconds
  if (request.mode === 'describe') {
    const { description } = request
    const lyrics = request.instrumental ? null : lyricsFrom(description)
    return { title: nameFor(description), lyrics, style: STYLE, idea: description, seconds }
  }
  const lyrics = request.instrumental ? null : (request.lyrics ?? source?.lyrics ?? null)
  return { title: request.title ?? nameFor(request.style), lyrics, style: request.style, idea: request.style, seconds }
}

/** What is not said is as in the source; where that is foreign audio, nobody knows what it says. */
const goneOn = (request: Submissions['extendMusic' | 'extendAudio'], source: Recording | null): Draft => {
  const lyrics = request.instrumental ? null : (request.lyrics ?? source?.lyrics ?? null)
  const style = request.style ?? source?.style ?? STYLE
  const from = request.continue_at_seconds ?? source?.duration_seconds ?? 0
  const seconds = Math.min(from, LONGEST) + secondsOf(lyrics)
  return { title: request.title ?? source?.title ?? NAMES[0], lyrics, style, idea: style, seconds }
}

type Mend = Submissions['replaceSection' | 'replaceAudioSection']
const mended = (request: Mend, source: Recording | null): Draft => ({
  title: request.title,
  lyrics: request.full_lyrics ?? source?.lyrics ?? request.lyrics,
  style: request.style,
  idea: request.style,
  seconds: source?.duration_seconds,
})

const SOUND_SECONDS = 12

type Draw<Submission> = (request: Submission, source: Recording | null) => Draft
const DRAFTS = {
  generateMusic: told,
  generateMinimax: told,
  coverMusic: told,
  mashupMusic: told,
  extendMusic: goneOn,
  extendAudio: goneOn,
  replaceSection: mended,
  replaceAudioSection: mended,
  addVocals: ({ title, lyrics, style }, source) => ({
    title,
    lyrics,
    style,
    idea: style,
    seconds: source?.duration_seconds,
  }),
  addInstrumental: ({ title, style }, source) => ({
    title,
    lyrics: source?.lyrics ?? null,
    style,
    idea: style,
    seconds: source?.duration_seconds,
  }),
  generateSound: ({ description }) => ({
    title: nameFor(description),
    lyrics: null,
    style: description,
    idea: description,
    seconds: SOUND_SECONDS,
  }),
} satisfies { readonly [F in keyof Submissions]?: Draw<Submissions[F]> }
export type MusicForm = keyof typeof DRAFTS
export const isMusic = (form: string): form is MusicForm => form in DRAFTS

/** The same request makes the same songs, whoever is asked; the second is a little longer. */
export const recordingOf = <F extends MusicForm>(
  form: F,
  request: Submissions[F],
  source: Recording | null,
  index: number,
): Recording => {
  const { idea, seconds, ...said } = (DRAFTS[form] as Draw<Submissions[F]>)(request, source)
  return {
    ...said,
    duration_seconds: seconds ?? secondsOf(said.lyrics) + index * 2,
    seed: `${said.lyrics ?? ''}/${said.title}/${idea}/${index}`,
  }
}

/** What is heard in audio of anybody's: nobody knows, so it is made up from its address. */
export const foreignRecording = (url: string): Recording => {
  const lyrics = lyricsFrom('Somebody sings of home')
  return { title: nameFor(url), lyrics, style: STYLE, duration_seconds: secondsOf(lyrics), seed: url }
}

const sung = ({ lyrics, duration_seconds, seed }: Recording): SungWord[] => songWords(lyrics, duration_seconds, seed)
const songOf = (recording: Recording): Song => ({
  words: sung(recording),
  durationSeconds: recording.duration_seconds,
  seed: recording.seed,
})

/** A 16-bit WAV file; of some parts only where they are named. */
export const audioOf = (recording: Recording, parts?: readonly Part[]) => renderSong(songOf(recording), parts)
export const partNotes = (recording: Recording, part: Part) => notesOf(songOf(recording), part)

const WAVEFORM_SAMPLES = 200
export const alignmentOf = (recording: Recording) => {
  const words = sung(recording)
  return {
    words: words.map((word) => ({ ...word, aligned: true, confidence: 0 })),
    waveform: peaks(words, recording.duration_seconds, recording.seed, WAVEFORM_SAMPLES),
    error_rate: 0.21,
    streaming: false,
  }
}
