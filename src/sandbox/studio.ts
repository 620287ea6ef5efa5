/** The studio: a maker that works in canonical terms. What it has made follows from what was asked and the time. */
import type { CallForm, TaskForm } from '../contract/operations.ts'
import type { Snapshot, SnapshotStage, TrackReport } from '../contract/shapes.ts'
import type { Submissions } from '../contract/submissions.ts'
import { hex } from '../engine/ids.ts'
import type { Clock, Entropy, Sql } from '../engine/ports.ts'
import { isMusic, type MusicForm, type Recording, recordingOf } from './recording.ts'
import { makingOf, type ResultForm, type Source } from './results.ts'

/** How a task that was accepted goes wrong. */
export type Ending = 'failed' | 'failed_half' | 'failed_refunded' | 'failed_content'

export interface Job<F extends TaskForm = TaskForm> {
  readonly id: string
  readonly form: F
  readonly request: Submissions[F]
  /** The song it is made of, where it is one of the studio's own. */
  readonly source: Source | null
  readonly created_at: number
  /** Ids of what it makes: tracks, stems, files. */
  readonly made: readonly string[]
  readonly ending: Ending | null
}
export const isSong = (job: Job): job is Job<MusicForm> => isMusic(job.form)

type Timeline = readonly (readonly [stage: SnapshotStage, seconds: number])[]
/** Seconds from the submit to each stage of music, as seen at the real thing (kie.md 15), times the pace. */
const MUSIC: Timeline = [
  ['complete', 75],
  ['first_ready', 60],
  ['text_ready', 25],
  ['submitted', 0],
]
const timelineOf = (form: TaskForm): Timeline =>
  isMusic(form)
    ? MUSIC
    : [
        ['complete', makingOf(form).seconds],
        ['submitted', 0],
      ]
/** Seconds from the submit until a stage is reached. */
export const secondsTo = (form: TaskForm, stage: SnapshotStage) =>
  timelineOf(form).find(([each]) => each === stage)?.[1] ?? 0

export const STUDIO_SCHEMA = [
  [
    `CREATE TABLE jobs (
      id TEXT PRIMARY KEY, provider TEXT NOT NULL, credits REAL NOT NULL, refunded INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE purchases (
      number INTEGER PRIMARY KEY, provider TEXT NOT NULL, operation TEXT NOT NULL, credits REAL NOT NULL
    ) STRICT`,
  ],
  [
    `CREATE TABLE uploads (
      id TEXT PRIMARY KEY, provider TEXT NOT NULL, media_type TEXT, content TEXT, location TEXT
    ) STRICT, WITHOUT ROWID`,
    `UPDATE jobs SET body = json_set(body, '$.form', 'generateMusic', '$.made', json_extract(body, '$.tracks'))`,
  ],
  [
    // What of the studio's own it is made of: some things are made once.
    'ALTER TABLE jobs ADD COLUMN about TEXT',
    'ALTER TABLE purchases ADD COLUMN about TEXT',
    'CREATE INDEX jobs_about ON jobs (about) WHERE about IS NOT NULL',
    'CREATE INDEX purchases_about ON purchases (about) WHERE about IS NOT NULL',
  ],
  [
    'CREATE TABLE upload_pieces (id TEXT NOT NULL, number INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (id, number)) STRICT',
    'INSERT INTO upload_pieces SELECT id, 0, content FROM uploads WHERE content IS NOT NULL',
    'ALTER TABLE uploads DROP COLUMN content',
    'ALTER TABLE uploads ADD COLUMN kept_at INTEGER NOT NULL DEFAULT 0',
    // Of those that are there nobody knows since when: from now on.
    'UPDATE uploads SET kept_at = unixepoch() * 1000',
  ],
] as const

/** The song at a place of a task that makes songs. */
export const recordingAt = ({ form, request, source }: Job<MusicForm>, index: number): Recording =>
  recordingOf(form, request, source?.recording ?? null, index)

export interface Assets {
  /** A file by its name with ending, or a live stream by its name alone. */
  readonly at: (file: string) => string
}

const stageAt = (job: Job, now: number, pace: number): SnapshotStage => {
  const seconds = (now - job.created_at) / 1000 / pace
  const [stage] = timelineOf(job.form).find(([, from]) => seconds >= from) ?? ['submitted' as const]
  if (job.ending === null) return stage
  // Only one of them finishes a song before it fails.
  return stage === 'complete' || (stage === 'first_ready' && job.ending !== 'failed_half') ? 'failed' : stage
}

const report = (job: Job<MusicForm>, index: number, stage: SnapshotStage, { at }: Assets): TrackReport => {
  const id = job.made[index]!
  const { title, lyrics, style, duration_seconds } = recordingAt(job, index)
  const finished = stage === 'complete' || (stage === 'first_ready' && index === 0)
  return {
    provider_track_id: id,
    title,
    lyrics,
    style,
    duration_seconds: finished ? duration_seconds : null,
    audio_url: finished ? at(`${id}.wav`) : null,
    stream_url: at(id),
    image_url: at(`${id}.svg`),
    failure: null,
  }
}

/** What was made that is no song. A source is there wherever one is needed: else it was refused. */
const resultOf = ({ form, request, made: ids, source }: Job<ResultForm>, { at }: Assets): unknown =>
  makingOf(form).report({ request, ids, source: source!, at } as never)

/** A job as it is at a stage. */
export const snapshotAt = (job: Job, stage: SnapshotStage, assets: Assets): Snapshot => {
  const common = { provider_task_id: job.id, stage, failure: null }
  if (!isSong(job))
    return { ...common, tracks: [], result: stage === 'complete' ? resultOf(job as Job<ResultForm>, assets) : null }
  const listed = stage !== 'submitted' && stage !== 'failed'
  return { ...common, tracks: listed ? job.made.map((_, index) => report(job, index, stage, assets)) : [] }
}

/** A section is put into one song; the others make two. */
const SONGS: { readonly [F in MusicForm]?: number } = { replaceSection: 1, replaceAudioSection: 1 }
const countOf = <F extends TaskForm>(form: F, request: Submissions[F]): number =>
  isMusic(form) ? (SONGS[form] ?? 2) : (makingOf(form as ResultForm).count?.(request as never) ?? 0)

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
  const one = async (where: string, params: readonly string[]): Promise<Job | null> => {
    const [row] = await sql.read(`SELECT body FROM jobs WHERE provider = ? AND ${where}`, [provider, ...params])
    return row === undefined ? null : JSON.parse(row.body as string)
  }

  return {
    job: (id: string) => one('id = ?', [id]),

    /** The job that made a thing. */
    maker: (id: string) =>
      one(`instr(body, ?) > 0 AND EXISTS (SELECT 1 FROM json_each(body, '$.made') WHERE value = ?)`, [id, id]),

    /** What this form has made of the same thing before, or is making: what failed does not count. */
    earlier: async (form: TaskForm, about: string): Promise<Job | null> => {
      const rows = await sql.read('SELECT body FROM jobs WHERE provider = ? AND about = ?', [provider, about])
      const jobs = rows.map(({ body }): Job => JSON.parse(body as string))
      return jobs.find((job) => job.form === form && stageAt(job, clock(), pace) !== 'failed') ?? null
    },

    /** Takes a request and its price. From here on it is paid for. */
    accept: async <F extends TaskForm>(
      asked: Pick<Job<F>, 'form' | 'request' | 'source' | 'ending'>,
      credits: number,
      about: string | null,
    ): Promise<Job> => {
      const id = hex(entropy.bytes(16))
      const { form, request, source, ending } = asked
      // A song that has no id of its own there goes by that of its task (udioapi.md 10.3).
      const made =
        form === 'generateMinimax'
          ? [id]
          : Array.from({ length: countOf(form, request) }, () => uuid(entropy.bytes(16)))
      const job: Job = { id, form, request, source, created_at: clock(), made, ending }
      await sql.commit([
        {
          sql: 'INSERT INTO jobs (id, provider, credits, refunded, body, about) VALUES (?, ?, ?, ?, ?, ?)',
          params: [id, provider, credits, ending === 'failed_refunded' ? 1 : 0, JSON.stringify(job), about],
        },
      ])
      return job
    },

    stage: (job: Job): SnapshotStage => stageAt(job, clock(), pace),

    /** Takes money for something that is answered at once, every time. */
    charge: (operation: CallForm, credits: number, about: string | null = null): Promise<void> =>
      sql.commit([
        {
          sql: 'INSERT INTO purchases (provider, operation, credits, about) VALUES (?, ?, ?, ?)',
          params: [provider, operation, credits, about],
        },
      ]),

    /** Whether this was bought of the same thing before. */
    bought: async (operation: CallForm, about: string): Promise<boolean> => {
      const where = 'provider = ? AND operation = ? AND about = ?'
      const [row] = await sql.read(`SELECT 1 FROM purchases WHERE ${where}`, [provider, operation, about])
      return row !== undefined
    },

    /** What this upstream says was bought of it. */
    ledger: async () => {
      const [jobs] = await sql.read(
        'SELECT count(*) AS accepted, total(credits) AS credits, total(credits * refunded) AS refunded FROM jobs WHERE provider = ?',
        [provider],
      )
      const [bought] = await sql.read(
        `SELECT count(*) AS purchases, total(operation = 'alignLyrics') AS alignments, total(credits) AS credits
         FROM purchases WHERE provider = ?`,
        [provider],
      )
      return {
        accepted: jobs!.accepted as number,
        purchases: bought!.purchases as number,
        alignments: bought!.alignments as number,
        credits: (jobs!.credits as number) + (bought!.credits as number) - (jobs!.refunded as number),
        refunded: jobs!.refunded as number,
      }
    },
  }
}
export type Studio = ReturnType<typeof createStudio>
