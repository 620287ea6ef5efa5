/** What each operation does with a valid request: calls the engine, renders its answer. */
import type { Context } from 'hono'
import type { OperationId } from '../canonical/catalogue.ts'
import { MIDI_FORMATS } from '../canonical/createMidi.ts'
import type { EstimateRequest } from '../canonical/estimate.ts'
import { LYRIC_FORMATS } from '../canonical/lyrics.ts'
import { TASK_OPERATIONS, type TaskOperation } from '../canonical/operations.ts'
import type { Task } from '../canonical/task.ts'
import type { WaveformFormat } from '../canonical/waveform.ts'
import type { Served } from '../engine/engine.ts'
import { GatewayError } from '../engine/errors.ts'
import type { TaskAnswer } from '../engine/home.ts'
import type { Caller } from '../engine/idempotency.ts'
import type { KeyAdmin } from '../engine/keys/admin.ts'
import type { Principal } from '../engine/keys/keyring.ts'
import type { RateLimits } from '../engine/keys/rate.ts'
import { isBootstrap } from '../engine/keys/rows.ts'
import type { PageRequest } from '../engine/lists.ts'
import type { Span } from '../engine/ports.ts'
import type { Request } from '../engine/state.ts'
import { chosenFormat } from './exports.ts'
import { sentFile } from './files.ts'
import { cancelAfter, idempotencyKey, isKnown, linesType, preferredWait, wantsStream } from './headers.ts'
import { keyHandlers } from './key-handlers.ts'
import { jsonLines } from './lines.ts'
import { lyricsFile, waveformOf } from './lyrics.ts'
import { notesFile } from './midi.ts'
import { problemOf } from './problems.ts'
import { json, nextLink, respond } from './respond.ts'
import type { Input } from './routes.ts'
import { eventStream } from './stream.ts'
import { webhookHandlers } from './webhook-handlers.ts'

export type Handler = (c: Context, input: Input, principal: Principal) => Promise<Response>

const waitOf = (c: Context) => preferredWait(c.req.header('prefer'))

const applied = (wait: number): Record<string, string> => (wait === 0 ? {} : { 'preference-applied': `wait=${wait}` })

const texts = new WeakMap<Task, string>()
/** A task's JSON: the same object is the same text. */
const taskJson = (task: Task): string => {
  const text = texts.get(task) ?? JSON.stringify(task)
  texts.set(task, text)
  return text
}

const taskHeaders = ({ task, retryAfter, version }: TaskAnswer): Record<string, string> => ({
  'content-type': 'application/json',
  etag: `"${task.seq}-${version}"`,
  'cache-control': 'private, no-cache',
  ...(task.provider === null ? {} : { 'tutti-provider': task.provider }),
  ...(retryAfter === null ? {} : { 'retry-after': String(retryAfter) }),
})

/** Under which trace a request is answered, where requests are traced. */
const traceOf = (c: Context): Pick<Caller, 'trace'> => {
  const span = c.get('span') as Span | undefined
  return span === undefined ? {} : { trace: span.context }
}

const callerOf = (c: Context, { project, signer, key }: Principal): Caller => ({
  project,
  signer,
  ...(isBootstrap(key) ? {} : { key }),
  idempotencyKey: idempotencyKey(c.req.header('idempotency-key')),
  ...traceOf(c),
})

const replayedHeader = (replayed: boolean): Record<string, string> =>
  replayed ? { 'idempotency-replayed': 'true' } : {}

/** Accepts a task. What its path names is a part of what was asked. */
const creator =
  (engine: Served, operation: TaskOperation): Handler =>
  async (c, { params, body }, principal) => {
    const wait = waitOf(c)
    const subject = params.track_id ?? params.voice_id ?? null
    const request = { ...params, ...(body as Request) }
    const late = cancelAfter(c.req.header('cancel-after'))
    const answer = await engine.create(operation, callerOf(c, principal), request, subject, wait * 1000, late)
    return respond(c, taskJson(answer.task), answer.ended ? 200 : 202, {
      ...taskHeaders(answer),
      ...applied(wait),
      location: answer.task.links.self,
      ...replayedHeader(answer.replayed),
    })
  }

const creators = (engine: Served) =>
  Object.fromEntries(TASK_OPERATIONS.map((operation) => [operation, creator(engine, operation)])) as {
    readonly [Id in TaskOperation]: Handler
  }

/** What a call made, whoever made it. */
const madeBy = (c: Context, { made, provider, replayed }: { made: object; provider: string; replayed: boolean }) =>
  json(c, made, 200, { 'tutti-provider': provider, ...replayedHeader(replayed) })

const lastEventId = (c: Context): string | null => c.req.header('last-event-id') ?? null

/** Every operation, by its operationId: a missing one does not compile. */
export const handlers = (
  engine: Served,
  admin: KeyAdmin,
  rates: RateLimits,
  tellable: (request: string, error: Error) => GatewayError,
): { readonly [Id in OperationId]: Handler } => ({
  ...creators(engine),

  getTask: async (c, { params }, { project }) => {
    const wait = waitOf(c)
    const answer = await engine.getTask(project, params.task_id!, wait * 1000)
    const headers = { ...taskHeaders(answer), ...applied(wait) }
    return isKnown(c.req.header('if-none-match'), headers.etag!)
      ? respond(c, null, 304, headers)
      : respond(c, taskJson(answer.task), 200, headers)
  },

  cancelTask: async (c, { params }, { project }) => {
    const answer = await engine.cancelTask(project, params.task_id!)
    return respond(c, taskJson(answer.task), 200, taskHeaders(answer))
  },

  deleteTask: async (c, { params }, { project }) => json(c, await engine.deleteTask(project, params.task_id!)),
  getTombstone: async (c, { params }, { project }) => json(c, await engine.getTombstone(project, params.task_id!)),

  listTaskAttempts: async (c, { params }, { project }) =>
    json(c, { data: (await engine.getTask(project, params.task_id!, 0)).task.attempts }),

  listTaskEvents: async (c, { params }, { project, still }) =>
    wantsStream(c.req.header('accept'))
      ? eventStream(c, await engine.followTask(project, params.task_id!, lastEventId(c)), still)
      : json(c, { data: await engine.listTaskEvents(project, params.task_id!) }, 200, { vary: 'Accept' }),

  listEvents: async (c, { query }, { project, still }) => {
    if (wantsStream(c.req.header('accept')))
      return eventStream(c, await engine.followEvents(project, lastEventId(c)), still)
    const page = await engine.listEvents(project, query as PageRequest)
    return json(c, page, 200, { vary: 'Accept', ...nextLink(c, page.next_cursor) })
  },

  listTasks: async (c, { query }, { project, still }) => {
    const lines = linesType(c.req.header('accept'))
    if (lines !== undefined) {
      const request = c.get('requestId')
      const problem = (error: Error) => problemOf(tellable(request, error), request)
      return jsonLines(c, lines, await engine.exportTasks(project, query as PageRequest), still, problem)
    }
    const page = await engine.listTasks(project, query as PageRequest)
    return json(c, page, 200, { vary: 'Accept', ...nextLink(c, page.next_cursor) })
  },

  getTrack: async (c, { params }, { project }) => json(c, await engine.getTrack(project, params.track_id!)),

  getTrackAudio: async (c, { params }, { project }) =>
    // As a URI, which a provider's text may not quite be (RFC 9110, section 10.2.2).
    respond(c, null, 302, { location: new URL(await engine.getTrackAudio(project, params.track_id!)).href }),

  alignLyrics: async (c, { params }, principal) => {
    const wait = waitOf(c)
    const { lyrics, provider } = await engine.alignLyrics(callerOf(c, principal), params.track_id!, wait * 1000)
    return json(c, lyrics, 200, { ...applied(wait), 'tutti-provider': provider })
  },

  getTimestampedLyrics: async (c, { params, query }, { project }) => {
    const format = chosenFormat(c, LYRIC_FORMATS, query.format)
    const lyrics = await engine.getTimestampedLyrics(project, params.track_id!)
    if (format === 'json') return json(c, lyrics, 200, { vary: 'Accept' })
    return lyricsFile(c, lyrics, await engine.getTrack(project, params.track_id!), format)
  },

  getTrackWaveform: async (c, { params, query }, { project }) => {
    const lyrics = await engine.getTimestampedLyrics(project, params.track_id!)
    const track = await engine.getTrack(project, params.track_id!)
    return json(c, waveformOf(lyrics, track, (query.format ?? 'samples') as WaveformFormat))
  },

  getMidi: async (c, { params, query }, { project }) => {
    const format = chosenFormat(c, MIDI_FORMATS, query.format)
    const notes = await engine.getMidi(project, params.task_id!)
    return format === 'json' ? json(c, notes.midi, 200, { vary: 'Accept' }) : notesFile(c, notes, params.task_id!)
  },

  createPersona: async (c, { body }, principal) =>
    madeBy(c, await engine.createPersona(callerOf(c, principal), body as Request)),

  checkVoice: async (c, { params, body }, principal) =>
    madeBy(c, await engine.checkVoice(callerOf(c, principal), { ...params, ...(body as Request) })),

  enhanceStyle: async (c, { body }, principal) =>
    madeBy(c, await engine.enhanceStyle(callerOf(c, principal), body as Request)),

  uploadAudio: async (c, { body }, principal) => {
    const sent = await sentFile(c)
    return madeBy(
      c,
      await engine.uploadAudio(callerOf(c, principal), sent?.request ?? (body as Request), sent?.file ?? null),
    )
  },

  importTrack: async (c, { body }, principal) => {
    const { track, replayed } = await engine.importTrack(callerOf(c, principal), body as Request)
    return json(c, track, 200, { 'tutti-provider': track.provider, ...replayedHeader(replayed) })
  },

  getVoice: async (c, { params }, { project }) => json(c, await engine.getVoice(project, params.voice_id!)),
  estimate: async (c, { body }, { project, key }) =>
    json(c, await engine.estimate(project, body as EstimateRequest, key.providers)),

  ...webhookHandlers(engine),
  ...keyHandlers(engine, admin, rates),

  getCredits: async (c) => json(c, await engine.getCredits()),
  listProviders: async (c) => json(c, await engine.listProviders()),
  getProvider: async (c, { params }) => {
    const found = (await engine.listProviders()).data.find(({ id }) => id === params.provider)
    if (found === undefined)
      throw new GatewayError('not_found', `There is no provider ${params.provider}: GET /v1/providers names them`)
    return json(c, found)
  },
  listCapabilities: async (c) => json(c, await engine.listCapabilities()),
})
