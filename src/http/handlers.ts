/** What each operation does with a valid request: calls the engine, renders its answer. */
import type { Context } from 'hono'
import type { OperationId } from '../canonical/catalogue.ts'
import type { GenerateMusicRequest } from '../canonical/generateMusic.ts'
import type { Task } from '../canonical/task.ts'
import type { Engine, PageRequest, TaskAnswer } from '../engine/engine.ts'
import { idempotencyKey, preferredWait } from './headers.ts'
import type { Input } from './routes.ts'

/** Whoever sent the request. */
export interface Principal {
  readonly project: string
}

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

/** Every operation, by its operationId: a missing one does not compile. */
export const handlers = (engine: Engine): { readonly [Id in OperationId]: Handler } => ({
  generateMusic: async (c, { body }, { project }) => {
    const wait = waitOf(c)
    const caller = { project, idempotencyKey: idempotencyKey(c.req.header('idempotency-key')) }
    const answer = await engine.generateMusic(caller, body as GenerateMusicRequest, wait * 1000)
    return c.body(taskJson(answer.task), answer.ended ? 200 : 202, {
      ...taskHeaders(answer),
      ...applied(wait),
      location: answer.task.links.self,
      ...(answer.replayed ? { 'idempotency-replayed': 'true' } : {}),
    })
  },

  getTask: async (c, { params }, { project }) => {
    const wait = waitOf(c)
    const answer = await engine.getTask(project, params.task_id!, wait * 1000)
    const headers = { ...taskHeaders(answer), ...applied(wait) }
    const known = c.req
      .header('if-none-match')
      ?.split(',')
      .map((tag) => tag.trim().replace(/^W\//, ''))
    return known?.includes(headers.etag!) ? c.body(null, 304, headers) : c.body(taskJson(answer.task), 200, headers)
  },

  listTasks: async (c, { query }, { project }) => {
    const page = await engine.listTasks(project, query as PageRequest)
    const next = new URL(c.req.url)
    if (page.next_cursor !== null) next.searchParams.set('cursor', page.next_cursor)
    return c.json(page, 200, page.has_more ? { link: `<${next.pathname}${next.search}>; rel="next"` } : {})
  },

  getTrack: async (c, { params }, { project }) => c.json(await engine.getTrack(project, params.track_id!)),

  alignLyrics: async (c, { params }, { project }) => {
    const wait = waitOf(c)
    const caller = { project, idempotencyKey: idempotencyKey(c.req.header('idempotency-key')) }
    const { lyrics, provider } = await engine.alignLyrics(caller, params.track_id!, wait * 1000)
    return c.json(lyrics, 200, { ...applied(wait), 'tutti-provider': provider })
  },

  getTimestampedLyrics: async (c, { params }, { project }) =>
    c.json(await engine.getTimestampedLyrics(project, params.track_id!)),

  getCredits: async (c) => c.json(await engine.getCredits()),
  listProviders: async (c) => c.json(engine.listProviders()),
  listCapabilities: async (c) => c.json(engine.listCapabilities()),
})
