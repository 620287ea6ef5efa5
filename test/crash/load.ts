/** The clients of the crash run: they remember every promise they were given, and hold the gateway to it. */
import type { Task } from '../../src/canonical/task.ts'
import { SONG } from '../harness.ts'
import { lyricsPath, PROVIDERS } from '../runtime/songs.ts'
import type { CrashWorld } from './world.ts'

/** Songs that one life of the server is asked for. */
const SONGS_A_LIFE = 12
const CREATORS = 6
const READERS = 2
const LYRICISTS = 2
/** Between two requests of one client, in milliseconds. */
const BREATH = 4

export const ended = ({ status }: Pick<Task, 'status'>) => status === 'succeeded' || status === 'failed'
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
/** Each provider is the first choice of every third song. */
const orderOf = (title: string) => {
  const first = Number(title.slice('song-'.length)) % PROVIDERS.length
  return [...PROVIDERS.slice(first), ...PROVIDERS.slice(0, first)]
}

export const createLoad = ({ call }: Pick<CrashWorld, 'call'>, random: () => number) => {
  /** Title to task, as the first answer promised it. */
  const promised = new Map<string, string>()
  const unanswered = new Set<string>()
  const finished = new Map<string, Task['status']>()
  const tracks: string[] = []
  const aligned = new Set<string>()
  const broken: string[] = []
  const answers = { creates: 0, repeated: 0, reads: 0, lyrics: 0, cut: 0 }
  let tried = 0
  let budget = 0
  let up = false
  let over = false

  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)]

  /** Asks for the song of a title, always with the same key. */
  const create = async (title: string): Promise<void> => {
    if (unanswered.has(title) || promised.has(title)) answers.repeated += 1
    unanswered.add(title)
    const answer = await call('/v1/music/generations', {
      method: 'POST',
      body: JSON.stringify({ ...SONG, title, routing: { order: orderOf(title) } }),
      headers: { 'content-type': 'application/json', 'idempotency-key': title },
    })
    const task = (await answer.json()) as Task
    answers.creates += 1
    if (answer.status !== 202 && answer.status !== 200) {
      if (answer.status !== 503) broken.push(`${title} was answered with ${answer.status}: ${JSON.stringify(task)}`)
      return
    }
    unanswered.delete(title)
    const before = promised.get(title)
    if (before !== undefined && before !== task.id) broken.push(`${title} became ${task.id} after ${before}`)
    promised.set(title, task.id)
  }

  const nextTitle = (): string | undefined => {
    const [lost] = unanswered
    if (lost !== undefined && random() < 0.7) return lost
    if (budget > 0) {
      budget -= 1
      tried += 1
      return `song-${tried}`
    }
    return pick([...promised.keys()].slice(-50))
  }

  const read = async (): Promise<void> => {
    const recent = [...promised.values()].slice(-80)
    const id = random() < 0.9 ? pick(recent) : pick([...promised.values()])
    if (id === undefined) return
    const answer = await call(`/v1/tasks/${id}`)
    const task = (await answer.json()) as Task
    answers.reads += 1
    if (answer.status === 503) return
    if (answer.status !== 200) {
      broken.push(`${id} was read with ${answer.status}`)
      return
    }
    const before = finished.get(id)
    if (before !== undefined && before !== task.status) broken.push(`${id} was ${before} and is ${task.status}`)
    if (before === undefined && ended(task)) {
      finished.set(id, task.status)
      const ready = task.tracks.filter(({ status, verified }) => status === 'ready' && verified)
      tracks.push(...ready.map((track) => track.id))
    }
  }

  /** Half of the tracks are asked for with a key of their own, always the same one; the others with none. */
  const align = async (): Promise<void> => {
    const place = Math.floor(Math.max(tracks.length - 40 * random() - 1, 0))
    const track = tracks[place]
    if (track === undefined) return
    const headers: Record<string, string> = place % 2 === 0 ? { 'idempotency-key': `lyrics-${track}` } : {}
    const answer = await call(lyricsPath(track), { method: 'POST', headers })
    await answer.arrayBuffer()
    answers.lyrics += 1
    if (answer.status === 200) aligned.add(track)
    else if (![409, 503].includes(answer.status)) broken.push(`lyrics of ${track} were answered with ${answer.status}`)
    else if (aligned.has(track)) broken.push(`lyrics of ${track} were there and are ${answer.status}`)
  }

  const client = async (act: () => Promise<void>): Promise<void> => {
    while (!over) {
      if (up)
        await act().catch(() => {
          answers.cut += 1
        })
      await sleep(BREATH)
    }
  }
  const song = async () => {
    const title = nextTitle()
    if (title !== undefined) await create(title)
  }
  const clients = [
    ...Array.from({ length: CREATORS }, () => client(song)),
    ...Array.from({ length: READERS }, () => client(read)),
    ...Array.from({ length: LYRICISTS }, () => client(align)),
  ]

  return {
    promised,
    unanswered,
    aligned,
    broken,
    answers,
    /** A life of the server begins: it takes requests from now on. */
    begin: () => {
      budget = SONGS_A_LIFE
      up = true
    },
    /** It is over: whoever is still waiting for an answer will find out. */
    pause: () => {
      up = false
    },
    /** No client asks for anything any more. */
    stop: () => {
      over = true
    },
    /** Everybody goes home; what was never answered is asked for once more. */
    finish: async (): Promise<void> => {
      over = true
      await Promise.all(clients)
      for (let tries = 0; unanswered.size > 0 && tries < 20; tries++)
        for (const title of [...unanswered]) await create(title).catch(() => sleep(100))
    },
  }
}
export type Load = ReturnType<typeof createLoad>
