/** Reads of tasks wherever they live: each in an object of its own, beside what was made of it. */
import { taskOfOwn, taskOfTrack } from '../../engine/ids.ts'
import type { Reader } from '../../engine/store.ts'
import { taskAt } from './objects.ts'
import type { Env } from './settings.ts'

const nowhere = () => Promise.reject(new Error('No object holds all tasks'))

/** Every task is elsewhere. */
export const peers = (env: Env): Reader => ({
  remember: (task) => task,
  forget: () => undefined,
  task: (id) => taskAt(env, id).task(id),
  tombstone: (id) => taskAt(env, id).tombstone(id),
  alignments: (tracks) => (tracks[0] === undefined ? Promise.resolve([]) : taskAt(env, tracks[0]).alignments(tracks)),
  recoveries: (tracks) => taskAt(env, tracks[0]!).recoveries(tracks),
  alignment: (track) => taskAt(env, track).alignment(track),
  lastAbout: (subject, ...asked) => taskAt(env, subject).lastAbout(subject, ...asked),
  page: nowhere,
  reconciling: nowhere,
  open: nowhere,
})

/** Those of one object are here: the task of its own name, and the lyrics that were aligned for its tracks. */
export const beside = (env: Env, own: Reader, isHere: (task: string) => boolean): Reader => {
  const others = peers(env)
  const at = (task: string) => (isHere(task) ? own : others)
  return {
    ...own,
    task: async (id) => {
      if (isHere(id)) return own.task(id)
      // Of other tasks there may be copies here, and only of these are they the truth.
      const found = await own.task(id)
      return found?.operation === 'alignLyrics' ? found : others.task(id)
    },
    tombstone: async (id) => (await own.tombstone(id)) ?? (isHere(id) ? null : others.tombstone(id)),
    alignments: (tracks) => (tracks[0] === undefined ? own : at(taskOfTrack(tracks[0]))).alignments(tracks),
    recoveries: (tracks) => at(taskOfTrack(tracks[0]!)).recoveries(tracks),
    alignment: (track) => at(taskOfTrack(track)).alignment(track),
    lastAbout: (subject, ...asked) => at(taskOfOwn(subject)).lastAbout(subject, ...asked),
    page: nowhere,
    open: async (after) =>
      (await own.open(after)).filter(({ task }) => isHere(task.id) || task.operation === 'alignLyrics'),
  }
}
