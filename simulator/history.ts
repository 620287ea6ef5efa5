/** The law of transitions: what one commit may make of a task, whatever caused it. */
import { STAGES, type Stage } from '../src/canonical/words.ts'
import { trackStatus } from '../src/contract/shapes.ts'
import { type Attempt, ended, type TaskState, type WorkTask } from '../src/engine/state.ts'

const FOLLOWS: { readonly [S in Attempt['state']]: readonly Attempt['state'][] } = {
  planned: ['planned', 'sending'],
  sending: ['sending', 'accepted', 'refused', 'not_sent', 'unknown'],
  unknown: ['unknown', 'accepted'],
  accepted: ['accepted'],
  refused: ['refused'],
  not_sent: ['not_sent'],
}
/** Most events of one commit: the end, both of its tracks, and that it was stalled. */
const MOST_EVENTS = 6

const rank = (stage: Stage) => STAGES.indexOf(stage)
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Attempts of a task, where its request says nothing. */
const MOST_ATTEMPTS = 3

/** That something is told about a task which has ended changes nothing but its numbers. */
const isReminder = (before: TaskState, { seq, version, updated_at, ...after }: TaskState) =>
  same({ ...before, seq, version, updated_at }, { ...after, seq, version, updated_at })

const attemptFaults = (before: TaskState, after: TaskState): string[] => {
  const faults: string[] = []
  const [was, is] = [before.attempts, after.attempts]
  if (is.length < was.length || is.length > was.length + 1) faults.push(`has ${is.length} attempts after ${was.length}`)
  const most = (after.request.failover as { max_attempts?: number } | undefined)?.max_attempts ?? MOST_ATTEMPTS
  if (is.length > most) faults.push(`has ${is.length} attempts, and may have ${most}`)
  if (is.length > was.length && before.status !== 'queued') faults.push('began an attempt while it was not queued')
  for (const [index, attempt] of was.entries()) {
    const next = is[index]
    if (next === undefined) continue
    const last = index === was.length - 1 && is.length === was.length
    if (!last && (attempt.charged !== next.charged || !same(attempt, next)))
      faults.push(`changed an attempt that was over: ${attempt.id}`)
    if (!FOLLOWS[attempt.state].includes(next.state)) faults.push(`went from ${attempt.state} to ${next.state}`)
    if (attempt.provider_task_id !== null && next.provider_task_id !== attempt.provider_task_id)
      faults.push('changed the id of the provider')
    if (attempt.provider !== next.provider || attempt.credential !== next.credential)
      faults.push('changed its provider')
  }
  return faults
}

/** A track keeps its place, and a finished one stays so; a task that goes elsewhere begins again. */
const trackFaults = (before: WorkTask, after: WorkTask): string[] =>
  after.status === 'queued'
    ? []
    : before.tracks.flatMap((track, index) => {
        const next = after.tracks[index]
        if (next?.provider_track_id !== track.provider_track_id) return [`moved its track ${track.provider_track_id}`]
        return trackStatus(track) === 'ready' && trackStatus(next) !== 'ready' ? ['lost a finished track'] : []
      })

const endFaults = (after: TaskState): string[] => [
  ...(ended(after) && (after.next !== null || after.next_at !== null) ? ['ended and has something to do'] : []),
  ...(after.status === 'succeeded' && (after.error !== null || after.stage !== 'complete')
    ? ['succeeded with an error']
    : []),
  ...(after.status === 'failed' && after.error === null ? ['failed without an error'] : []),
]

/** What is wrong with a commit; empty where nothing is. */
export const faultsOf = (before: TaskState | null, after: TaskState): string[] => {
  const first = after.kind === 'work' && after.salvaged_from === undefined && after.status !== 'queued'
  if (before === null)
    return [
      ...(first ? ['began in the middle'] : []),
      ...(after.version === 1 ? [] : ['began late']),
      ...endFaults(after),
    ]
  return [
    ...(ended(before) && !isReminder(before, after)
      ? [`changed after its end, from ${before.status} to ${after.status}`]
      : []),
    ...(after.version === before.version + 1 ? [] : [`has version ${after.version} after ${before.version}`]),
    ...(after.seq >= before.seq && after.seq <= before.seq + MOST_EVENTS
      ? []
      : [`has seq ${after.seq} after ${before.seq}`]),
    ...(after.attempts.length === before.attempts.length && rank(after.stage) < rank(before.stage)
      ? [`went back from ${before.stage} to ${after.stage}`]
      : []),
    ...(before.stages.every(
      ({ stage, at }, index) => after.stages[index]?.stage === stage && after.stages[index].at === at,
    )
      ? []
      : ['changed its stages']),
    ...(['project', 'fingerprint', 'operation', 'created_at', 'kind', 'livemode'] as const)
      .filter((field) => before[field] !== after[field])
      .map((field) => `changed its ${field}`),
    ...(ended(after) && !same(before.request, after.request) ? ['changed its request'] : []),
    ...attemptFaults(before, after),
    ...(before.kind === 'work' && after.kind === 'work' ? trackFaults(before, after) : []),
    ...endFaults(after),
  ]
}
