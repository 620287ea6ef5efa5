/** Tasks of every operation, as they are accepted and as they end. */
import * as z from 'zod'
import { catalogue, type Operation } from '../../../canonical/catalogue.ts'
import type { TaskOperation } from '../../../canonical/operations.ts'
import type { Result } from '../../../canonical/results.ts'
import type { Task, Track } from '../../../canonical/task.ts'
import { voice } from './calls.ts'
import { type Examples, SECOND_TASK, TRACK } from './example.ts'
import { accepted, audioOf, succeeded } from './tasks.ts'

/** A task of another operation than generateMusic, as it is accepted and as it ends. */
const taskOf = (operation: TaskOperation, task: Task): Task => {
  const { example, params, body }: Operation = catalogue[operation]
  const about = params === undefined ? {} : 'voice_id' in params.shape ? { voice_id: voice.id } : { track_id: TRACK }
  const { title = null, lyrics = null, style = null } = example as Partial<Pick<Track, 'title' | 'lyrics' | 'style'>>
  // What goes on like its source has the words of its source.
  const words = operation === 'extendMusic' ? {} : { title, lyrics, style }
  const model = body instanceof z.ZodObject && 'model' in body.shape ? task.model : null
  const tracks = task.tracks.map((each, index) => {
    const id = `${SECOND_TASK.replace('task_', 'track_').slice(0, -1)}${index}`
    return { ...each, ...words, id, task_id: SECOND_TASK, audio: audioOf(id) }
  })
  const stages = task.stages.filter(({ stage }) => tracks.length > 0 || !/_ready$/.test(stage))
  return {
    ...task,
    id: SECOND_TASK,
    operation,
    model,
    request: { ...about, ...(example as object) } as Task['request'],
    seq: stages.length,
    stages,
    tracks,
    attempts: task.attempts.map((each) => ({ ...each, model })),
    metadata: {},
    links: { self: `/v1/tasks/${SECOND_TASK}` },
  }
}

const FILE = { object: 'file', url: 'https://files.example.com/a.wav', expires_at: '2026-12-05T09:31:44.000Z' } as const

const { expires_at } = FILE

const stems: Result = {
  object: 'stems',
  stems: ['Vocals', 'Instrumental'].map((name) => ({
    name,
    url: `https://files.example.com/${name}.mp3`,
    duration_seconds: 182.4,
    expires_at,
  })),
}

export const midi: Result = {
  object: 'midi',
  instruments: [{ name: 'Drums', notes: [{ pitch: 38, start_seconds: 0.5, end_seconds: 0.62, velocity: 0.9 }] }],
}

const results: { readonly [Id in TaskOperation]?: Result } = {
  writeLyrics: {
    object: 'lyrics',
    variants: [{ title: 'Afraid of the Dark', lyrics: '[Verse]\nOnce there was a light', error: null }],
  },
  convertToWav: FILE,
  createVideo: { ...FILE, url: 'https://files.example.com/a.mp4' },
  separateStems: stems,
  separateAudio: stems,
  createMidi: midi,
  transcribeStems: midi,
  createCoverArt: { object: 'images', images: [{ url: 'https://files.example.com/a.png', expires_at }] },
  recoverTrack: {
    object: 'recovery',
    tracks: [{ track_id: TRACK, audio: { url: 'https://files.example.com/a.m4a', expires_at }, error: null }],
  },
  startVoice: { object: 'voice', voice_id: voice.id, phrase: voice.phrase },
  renewPhrase: { object: 'voice', voice_id: voice.id, phrase: 'Every window holds a quiet fire' },
  confirmVoice: { object: 'voice', voice_id: voice.id, phrase: null },
}

export const createdExamples = (operation: TaskOperation): Readonly<Record<string, Examples>> => {
  const result = results[operation]
  const end: Task = result === undefined ? succeeded : { ...succeeded, tracks: [], result }
  const shown = (task: Task) => (operation === 'generateMusic' ? task : taskOf(operation, task))
  return {
    200: { succeeded: { summary: 'It ended within the wait', value: shown(end) } },
    202: { accepted: { summary: 'Stored, not yet submitted', value: shown(accepted) } },
  }
}
