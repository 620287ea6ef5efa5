/** How a provider tells of a job: the truth, or one of the ways not to tell it. */
import type { UpstreamAnswer } from '../src/engine/ports.ts'
import { say, type Twisted } from './answers.ts'
import { type Job, recordOf, stageAt, tracksOf } from './jobs.ts'

/** The record as it is read now; null where this way of going wrong does not apply to it. */
const twistedRecord = (job: Job, now: number, twisted: Twisted): Record<string, unknown> | null => {
  const { words } = job.fake
  const stage = stageAt(job, now)
  const record = recordOf(job, stage)
  const parts = record[words.parts]
  if (twisted === 'odd word') return { ...record, [words.state]: 'SOMETHING_ELSE' }
  if (twisted === 'odd failure') return { [words.job]: job.id, [words.state]: words.states.spoilt, [words.parts]: null }
  if (twisted === 'backwards') return stage === 'fresh' || stage === 'broken' ? null : recordOf(job, 'fresh')
  if (twisted === 'reordered') return Array.isArray(parts) ? { ...record, [words.parts]: [...parts].reverse() } : null
  if (twisted === 'hollow') return stage === 'broken' ? null : recordOf(job, 'done', { hollow: true })
  return Array.isArray(parts)
    ? { ...record, [words.parts]: parts.map((part) => ({ ...part, [words.file]: 'http://plain.test/a.mp3' })) }
    : null
}

/** @returns the answer, and whether it is the twisted one */
export const told = (job: Job, now: number, twisted: Twisted | undefined): [UpstreamAnswer, boolean] => {
  const { fake } = job
  if (now < job.absentUntil) return [job.takenAt % 2 === 0 ? say(fake, 404, null) : say(fake, 200, null), false]
  const other = twisted === undefined ? null : twistedRecord(job, now, twisted)
  return [say(fake, 200, other ?? recordOf(job, stageAt(job, now))), other !== null]
}

/** What a liar would post: another job's end, or a failure that never was. */
export const liesAbout = (job: Job, broken: boolean): Record<string, unknown> => {
  const { words } = job.fake
  if (broken) return { ...recordOf(job, 'broken'), whyCode: 531 }
  const record = recordOf({ ...job, id: `${job.id}-not`, fault: null }, 'done')
  return { ...record, [words.job]: `${job.id}-not` }
}

/** Whether a track is one that this job has made, under its own link. */
export const isTrue = (job: Job, track: { provider_track_id: string; audio_url: string | null }): boolean =>
  tracksOf(job).some(
    ({ key, file }) => key === track.provider_track_id && (track.audio_url === null || track.audio_url === file),
  )
