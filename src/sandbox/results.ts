/** What the studio makes that is no song, and how long it takes: from the request, and from the song it is made of. */
import type { TaskForm } from '../contract/operations.ts'
import type { Submissions } from '../contract/submissions.ts'
import { randomFrom } from './metre.ts'
import { audioOf, lyricsFrom, type MusicForm, nameFor, partNotes, type Recording } from './recording.ts'
import type { Part } from './score.ts'

/** The song something is made of, and what its task has made: ids, and names where they are stems. */
export interface Source {
  readonly recording: Recording
  readonly made: readonly string[]
  readonly stems: readonly string[]
}

export type ResultForm = Exclude<TaskForm, MusicForm>

export interface Making<Submission> {
  /** From the submit to the end, as seen or assumed of the real thing (kie.md 15), times the pace. */
  readonly seconds: number
  /** How many things with ids of their own it makes. */
  readonly count?: (request: Submission) => number
  readonly report: (made: Made<Submission>) => unknown
}

interface Made<Submission> {
  readonly request: Submission
  /** Ids of what is made. */
  readonly ids: readonly string[]
  readonly source: Source
  /** Where a file is found, by its id with ending. */
  readonly at: (file: string) => string
}

const one = () => 1

const SPLIT = ['Vocals', 'Drums', 'Bass', 'Keyboard']
export const stemsOf = ({
  separation,
  stem,
}: Pick<Submissions['separateStems'], 'separation' | 'stem'>): readonly string[] =>
  ({ vocals: ['Vocals', 'Instrumental'], stems: SPLIT, stem: [stem ?? 'Lead Vocal'] })[separation]

/** Steel drums are tuned, as timpani and taiko are. */
const DRUMS =
  /(?<!steel )drum|kick|snare|percussion|hi-hat|cymbal|clap|shaker|tambourine|conga|bongo|cowbell|djembe|tabla/i
/** Our band has four parts: every instrument there is a name for is one of them. */
export const partsOf = (stem: string): readonly Part[] => {
  if (stem === 'Instrumental') return ['chords', 'bass', 'drums']
  if (/voc|voice|choir/i.test(stem)) return ['voice']
  if (DRUMS.test(stem)) return ['drums']
  return /bass\b|808|tuba|timpani|taiko/i.test(stem) ? ['bass'] : ['chords']
}

const PHRASES = [
  'The river keeps the morning light',
  'Every window holds a quiet fire',
  'I walked the harbour home by heart',
  'Tell the lanterns I was here tonight',
] as const
export const phraseFor = (seed: string) => PHRASES[Math.floor(randomFrom(`${seed}/phrase`)() * PHRASES.length)]!

/** Another phrase than the one before. */
export const phraseAfter = (phrase: string) =>
  PHRASES[((PHRASES as readonly string[]).indexOf(phrase) + 1) % PHRASES.length]!

/** Stems of a song, and of audio that is nobody's. */
const separated: Making<Submissions['separateStems'] | Submissions['separateAudio']> = {
  seconds: 90,
  count: (request) => stemsOf(request).length,
  report: ({ request, ids, source, at }) => ({
    stems: stemsOf(request).map((name, index) => ({
      name,
      url: at(`${ids[index]}.wav`),
      provider_stem_id: ids[index],
      duration_seconds: source.recording.duration_seconds,
    })),
  }),
}

type Makings = { readonly [F in ResultForm]: Making<Submissions[F]> }
const MAKINGS: Makings = {
  writeLyrics: {
    seconds: 10,
    report: ({ request: { description } }) => ({
      variants: [description, `${description}, once more`].map((idea) => ({
        title: nameFor(idea),
        lyrics: lyricsFrom(idea),
        error: null,
      })),
    }),
  },
  convertToWav: { seconds: 15, count: one, report: ({ ids, at }) => ({ url: at(`${ids[0]}.wav`) }) },
  createVideo: { seconds: 40, count: one, report: ({ ids, at }) => ({ url: at(`${ids[0]}.mp4`) }) },
  createCoverArt: {
    seconds: 140,
    count: () => 2,
    report: ({ ids, at }) => ({ images: ids.map((id) => at(`${id}.png`)) }),
  },
  separateStems: separated,
  separateAudio: separated,
  createMidi: {
    seconds: 5,
    report: ({ source: { recording, stems } }) => ({
      instruments: stems.map((name) => ({
        name,
        notes: partsOf(name)
          .flatMap((part) => partNotes(recording, part))
          .sort((a, b) => a.start_seconds - b.start_seconds),
      })),
    }),
  },
  startVoice: { seconds: 30, report: ({ request }) => ({ phrase: phraseFor(request.audio_url) }) },
  // The title of a phrase is the phrase.
  renewPhrase: { seconds: 30, report: ({ source: { recording } }) => ({ phrase: phraseAfter(recording.title) }) },
  confirmVoice: { seconds: 60, count: one, report: ({ ids }) => ({ provider_voice_id: ids[0] }) },
  recoverTrack: {
    seconds: 15,
    report: ({ source: { recording, made }, at }) => ({
      tracks: made.map((id) => ({
        provider_track_id: id,
        title: recording.title,
        audio_url: at(`${id}.wav`),
        error: null,
      })),
    }),
  },
}
export const makingOf = <F extends ResultForm>(form: F): Making<Submissions[F]> => MAKINGS[form]

/** The audio of one stem. */
export const stemAudio = ({ recording }: Source, stem: string) => audioOf(recording, partsOf(stem))

const FLAVOURS = ['close warm vocals', 'brushed drums', 'a wide bridge', 'tape hiss', 'a slow build', 'bright strings']
/** A longer way to say a style. */
export const enhanced = (style: string): string => {
  const next = randomFrom(`${style}/enhanced`)
  const chosen = FLAVOURS.filter(() => next() < 0.6)
  return [style, ...(chosen.length > 0 ? chosen : FLAVOURS)].join(', ')
}
