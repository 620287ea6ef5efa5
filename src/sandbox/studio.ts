/** The studio: a music maker that works in canonical terms. What it has made follows from what was asked and the time. */
import type { GenerateMusicSubmission } from '../canonical/generateMusic.ts'
import type { Alignment } from '../canonical/lyrics.ts'
import type { Snapshot, SnapshotStage, TrackReport } from '../contract/shapes.ts'
import { hex } from '../engine/ids.ts'
import type { Clock, Entropy, Sql } from '../engine/ports.ts'
import { peaks, renderSong } from './audio.ts'
import { type SungWord, songWords } from './words.ts'

/** How a task that was accepted goes wrong. */
export type Ending = 'failed' | 'failed_refunded' | 'failed_content'

export interface Job {
  readonly id: string
  readonly request: GenerateMusicSubmission
  readonly created_at: number
  readonly tracks: readonly string[]
  readonly ending: Ending | null
}

/** Seconds from the submit to each stage, as seen at the real thing (kie.md 15), times the pace. */
const TIMELINE: readonly (readonly [stage: SnapshotStage, seconds: number])[] = [
  ['complete', 75],
  ['first_ready', 60],
  ['text_ready', 25],
  ['submitted', 0],
]
export const STAGE_SECONDS = Object.fromEntries(TIMELINE) as Readonly<Record<SnapshotStage, number>>

export const STUDIO_SCHEMA = [
  [
    `CREATE TABLE jobs (
      id TEXT PRIMARY KEY, provider TEXT NOT NULL, credits REAL NOT NULL, refunded INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE purchases (
      number INTEGER PRIMARY KEY, provider TEXT NOT NULL, operation TEXT NOT NULL, credits REAL NOT NULL
    ) STRICT`,
  ],
] as const

const NAMES = ['Lanterns', 'Harbour', 'Paper Boats', 'Slow Rain', 'Glass Hill', 'Northern Line', 'Copper Moon']
const titleOf = (request: GenerateMusicSubmission) =>
  request.mode === 'compose' ? request.title : NAMES[request.description.length % NAMES.length]!

const writtenFrom = (idea: string) => {
  const words = idea.replace(/[[\]]/g, ' ').split(/\s+/).filter(Boolean).slice(0, 12).join(' ')
  return `[Verse]\n${words}\nis all I hear tonight\n[Chorus]\nStay a little longer\nsing it till the light`
}

const lyricsOf = (request: GenerateMusicSubmission): string | null => {
  if (request.instrumental) return null
  return request.mode === 'compose' ? (request.lyrics ?? null) : writtenFrom(request.description)
}

const LEAST = 16
const SECONDS_A_WORD = 0.6
const LONGEST = 240
const durationOf = (request: GenerateMusicSubmission, index: number): number => {
  if (request.duration_seconds !== undefined) return request.duration_seconds
  const words = (lyricsOf(request) ?? '').split(/\s+/).length
  return Math.min(LEAST + Math.ceil(words * SECONDS_A_WORD), LONGEST) + index * 2
}

/** The same request makes the same two songs, whoever is asked. */
const seedOf = ({ request }: Job, index: number) =>
  `${lyricsOf(request) ?? ''}/${titleOf(request)}/${request.mode === 'compose' ? request.style : request.description}/${index}`

export interface Assets {
  readonly audio: (track: string) => string
  readonly stream: (track: string) => string
  readonly image: (track: string) => string
}

const stageAt = (job: Job, now: number, pace: number): SnapshotStage => {
  const seconds = (now - job.created_at) / 1000 / pace
  const [stage] = TIMELINE.find(([, from]) => seconds >= from) ?? ['submitted' as const]
  return stage === 'complete' && job.ending !== null ? 'failed' : stage
}

const report = (job: Job, index: number, stage: SnapshotStage, assets: Assets): TrackReport => {
  const id = job.tracks[index]!
  const finished = stage === 'complete' || (stage === 'first_ready' && index === 0)
  return {
    provider_track_id: id,
    title: titleOf(job.request),
    lyrics: lyricsOf(job.request),
    style: job.request.mode === 'compose' ? job.request.style : 'indie folk, warm',
    duration_seconds: finished ? durationOf(job.request, index) : null,
    audio_url: finished ? assets.audio(id) : null,
    stream_url: assets.stream(id),
    image_url: assets.image(id),
    failure: null,
  }
}

/** A job as it is at a stage. */
export const snapshotAt = (job: Job, stage: SnapshotStage, assets: Assets): Snapshot => ({
  provider_task_id: job.id,
  stage,
  tracks:
    stage === 'submitted' || stage === 'failed' ? [] : job.tracks.map((_, index) => report(job, index, stage, assets)),
  failure: null,
})

const words = (job: Job, index: number): SungWord[] =>
  songWords(lyricsOf(job.request), durationOf(job.request, index), seedOf(job, index))

const WAVEFORM_SAMPLES = 200

export interface StudioWorld {
  readonly provider: string
  readonly sql: Sql
  readonly clock: Clock
  readonly entropy: Entropy
  /** Multiplies the timeline. */
  readonly pace: number
}

const uuid = (bytes: Uint8Array) => {
  const text = hex(bytes)
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-8${text.slice(17, 20)}-${text.slice(20, 32)}`
}

export const createStudio = ({ provider, sql, clock, entropy, pace }: StudioWorld) => {
  const job = async (id: string): Promise<Job | null> => {
    const [row] = await sql.read('SELECT body FROM jobs WHERE id = ? AND provider = ?', [id, provider])
    return row === undefined ? null : JSON.parse(row.body as string)
  }

  return {
    job,

    /** Takes a request and its price. From here on it is paid for. */
    accept: async (request: GenerateMusicSubmission, credits: number, ending: Ending | null): Promise<Job> => {
      const made: Job = {
        id: hex(entropy.bytes(16)),
        request,
        created_at: clock(),
        tracks: [uuid(entropy.bytes(16)), uuid(entropy.bytes(16))],
        ending,
      }
      await sql.commit([
        {
          sql: 'INSERT INTO jobs (id, provider, credits, refunded, body) VALUES (?, ?, ?, ?, ?)',
          params: [made.id, provider, credits, ending === 'failed_refunded' ? 1 : 0, JSON.stringify(made)],
        },
      ])
      return made
    },

    stage: (made: Job): SnapshotStage => stageAt(made, clock(), pace),

    /** The position of a track in its job by id or place, or -1. */
    position: (made: Job, track: string | undefined, index: number | undefined): number => {
      const byId = track === undefined ? -1 : made.tracks.indexOf(track)
      return byId >= 0 || index === undefined ? byId : index < made.tracks.length ? index : -1
    },

    /** Aligns the lyrics of a track, for money, every time. */
    align: async (made: Job, index: number, credits: number): Promise<Alignment> => {
      await sql.commit([
        {
          sql: 'INSERT INTO purchases (provider, operation, credits) VALUES (?, ?, ?)',
          params: [provider, 'alignLyrics', credits],
        },
      ])
      const sung = words(made, index)
      return {
        words: sung.map((word) => ({ ...word, aligned: true, confidence: 0 })),
        waveform: peaks(sung, durationOf(made.request, index), seedOf(made, index), WAVEFORM_SAMPLES),
        error_rate: 0.21,
        streaming: false,
      }
    },

    /** The audio file of a track: a 16-bit WAV. */
    audio: (made: Job, index: number): Uint8Array<ArrayBuffer> =>
      renderSong({
        words: words(made, index),
        durationSeconds: durationOf(made.request, index),
        seed: seedOf(made, index),
      }),

    /** The job a track belongs to. */
    owner: async (track: string): Promise<Job | null> => {
      const [row] = await sql.read('SELECT body FROM jobs WHERE provider = ? AND instr(body, ?) > 0', [
        provider,
        `"${track}"`,
      ])
      return row === undefined ? null : JSON.parse(row.body as string)
    },

    /** What this upstream says was bought of it. */
    ledger: async () => {
      const [jobs] = await sql.read(
        'SELECT count(*) AS accepted, total(credits) AS credits, total(credits * refunded) AS refunded FROM jobs WHERE provider = ?',
        [provider],
      )
      const [bought] = await sql.read(
        'SELECT count(*) AS alignments, total(credits) AS credits FROM purchases WHERE provider = ?',
        [provider],
      )
      return {
        accepted: jobs!.accepted as number,
        alignments: bought!.alignments as number,
        credits: (jobs!.credits as number) + (bought!.credits as number) - (jobs!.refunded as number),
        refunded: jobs!.refunded as number,
      }
    },
  }
}
