/** A simulated upstream: the studio behind an adapter's own tables read in reverse, over (Request) => Promise<Response>. */
import { Validator } from '@cfworker/json-schema'
import * as z from 'zod'
import type { GenerateMusicSubmission } from '../canonical/generateMusic.ts'
import type { Adapter, Call, ProviderOperation } from '../contract/adapter.ts'
import { seal } from '../contract/envelope.ts'
import type { Fixture, Mirror, TaskReplies } from '../contract/mirror.ts'
import { read } from '../contract/paths.ts'
import type { Snapshot, SnapshotStage, TrackReference } from '../contract/shapes.ts'
import { rateWindows } from '../engine/limits.ts'
import type { Clock, Entropy, Sql } from '../engine/ports.ts'
import { type Fault, faultSwitch } from './faults.ts'
import { overlay } from './overlay.ts'
import { type Assets, createStudio, type Ending, type Job, STAGE_SECONDS, snapshotAt } from './studio.ts'

/** Thrown where the connection is cut instead of an answer. */
export const CUT = Symbol('connection cut')

export interface UpstreamWorld {
  readonly adapter: Adapter
  readonly mirror: Mirror
  /** The key it takes. */
  readonly key: string
  /** Where it is reached, with the provider's prefix: `http://127.0.0.1:8788`. */
  readonly origin: string
  readonly sql: Sql
  readonly clock: Clock
  readonly entropy: Entropy
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Posts a callback; failures are the sender's business. */
  readonly post: (url: string, body: string) => Promise<void>
  readonly pace: number
  readonly creditsAtStart: number
}

const SLOW = 2000
const ENDINGS: { readonly [F in Fault]?: Ending } = {
  fails: 'failed',
  fails_refunded: 'failed_refunded',
  fails_content: 'failed_content',
}
const REFUSALS = ['no_credits', 'rate_limited', 'maintenance', 'unauthorized', 'server_error'] as const
const BEFORE = ['broken', 'silent', 'slow', ...REFUSALS] as const
const AFTER = ['answer_lost', 'malformed', ...(Object.keys(ENDINGS) as Fault[])] as const

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

const reply = (fixture: Fixture): Response =>
  fixture.text === undefined
    ? json(fixture.wire, fixture.http)
    : new Response(fixture.text, { status: fixture.http ?? 200 })

interface Route {
  readonly operation: ProviderOperation
  readonly step: 'submit' | 'poll' | 'call'
  // biome-ignore lint/suspicious/noExplicitAny: a route serves calls of every kind; each step knows its own
  readonly call: Call<any, any>
  readonly schema: object
}

const routesOf = ({ operations }: Adapter, mirror: Mirror): Route[] => {
  const { generateMusic: music, alignLyrics: lyrics, getCredits: credits } = operations
  return [
    ...(music
      ? [
          {
            operation: 'generateMusic',
            step: 'submit',
            call: music.submit,
            schema: mirror.generateMusic.submit,
          } as const,
          { operation: 'generateMusic', step: 'poll', call: music.poll, schema: mirror.generateMusic.poll } as const,
        ]
      : []),
    ...(lyrics
      ? [{ operation: 'alignLyrics', step: 'call', call: lyrics.call, schema: mirror.alignLyrics.call } as const]
      : []),
    ...(credits
      ? [{ operation: 'getCredits', step: 'call', call: credits.call, schema: mirror.getCredits.call } as const]
      : []),
  ]
}

export const createUpstream = (world: UpstreamWorld) => {
  const { adapter, mirror, clock, entropy, origin, pace, sleep } = world
  const studio = createStudio({ provider: adapter.id, sql: world.sql, clock, entropy, pace })
  const faults = faultSwitch()
  const windows = rateWindows(clock, pace)
  const routes = routesOf(adapter, mirror)
  const validators = new Map(routes.map((route) => [route, new Validator(route.schema, '2020-12', false)]))
  const refusals: string[] = []
  const prefix = new URL(origin).pathname.replace(/\/$/, '')
  const assets: Assets = {
    audio: (track) => `${origin}/assets/${track}.wav`,
    stream: (track) => `${origin}/assets/${track}`,
    image: (track) => `${origin}/assets/${track}.svg`,
  }
  const music: TaskReplies = mirror.generateMusic.replies
  const priceOf = (operation: ProviderOperation, model?: string) => {
    const listed = adapter.prices.credits[operation]
    return typeof listed === 'number' ? listed : ((listed as Record<string, number> | undefined)?.[model ?? ''] ?? 1)
  }

  /** A documented reply with a payload of this task, in the words of the adapter's table. */
  const sealed = (route: Pick<Route, 'call'>, fixture: Fixture, value: unknown): Response => {
    const payload = z.encode(route.call.response, value)
    const body = route.call.reads === 'body' ? payload : { [adapter.envelope.payload]: payload }
    return json(overlay(fixture.wire ?? seal(adapter.envelope, payload), body), fixture.http)
  }

  const authorized = (request: Request) => request.headers.get('authorization') === `Bearer ${world.key}`

  const submitted = async (
    route: Route,
    submission: GenerateMusicSubmission,
    fault: Fault | null,
  ): Promise<Response> => {
    const ending = fault === null ? null : (ENDINGS[fault] ?? null)
    const job = await studio.accept(submission, priceOf('generateMusic', submission.model), ending)
    if (submission.callback_url !== undefined) void callBack(job, submission.callback_url)
    if (fault === 'answer_lost') throw CUT
    const answer = sealed(route, music.accepted, { provider_task_id: job.id })
    return fault === 'malformed' ? new Response((await answer.text()).slice(0, -12)) : answer
  }

  /** The reply for a record at a stage; a quirk replaces it by another documented one. */
  const recordReply = (stage: SnapshotStage, job: Job): { fixture: Fixture; quirk: boolean } => {
    const name = stage === 'failed' ? (job.ending ?? 'failed') : stage
    const odd = mirror.quirks[faults.quirk() ?? '']?.[name]
    return { fixture: odd ?? music[name] ?? music.failed, quirk: odd !== undefined }
  }

  const polled = async (route: Route, id: string): Promise<Response> => {
    const job = await studio.job(id)
    if (job === null) return reply(music.unknown_task)
    const stage = studio.stage(job)
    const { fixture, quirk } = recordReply(stage, job)
    if (stage === 'failed') return json(named(fixture.wire, id), fixture.http)
    const payload = z.encode(route.call.response, snapshotAt(job, stage, assets)) as Record<string, unknown>
    return json(overlay(fixture.wire, { [adapter.envelope.payload]: payload }, quirk), fixture.http)
  }

  /** A failed record is told as documented; only the task's name is ours. */
  const named = (wire: unknown, id: string): unknown => {
    const payload = read(wire, adapter.envelope.payload) as Record<string, unknown> | null
    return payload !== null && 'taskId' in payload
      ? overlay(wire, { [adapter.envelope.payload]: { taskId: id } })
      : wire
  }

  const aligned = async (route: Route, reference: TrackReference): Promise<Response> => {
    const { done, empty, unknown_track } = mirror.alignLyrics.replies
    const job = await studio.job(reference.provider_task_id)
    const at = job === null ? -1 : studio.position(job, reference.provider_track_id, reference.track_index)
    if (job === null || at < 0) return unknown_track === undefined ? json({}, 404) : reply(unknown_track)
    const alignment = await studio.align(job, at, priceOf('alignLyrics'))
    return sealed(route, alignment.words.length === 0 ? (empty ?? done) : done, alignment)
  }

  const callBack = async (job: Job, url: string): Promise<void> => {
    const fault = faults.on()
    if (fault === 'callback_lost') return
    const stages: SnapshotStage[] = ['text_ready', 'first_ready', 'complete']
    const order = fault === 'callback_reordered' ? stages.toReversed() : stages
    for (const [index, stage] of order.entries()) {
      const due = job.created_at + STAGE_SECONDS[stages[index]!] * 1000 * pace
      await sleep(Math.max(due - clock(), 0))
      const told = stage === 'complete' && job.ending !== null ? 'failed' : stage
      const body = callbackBody(job, told)
      for (let copies = fault === 'callback_duplicated' ? 2 : 1; copies > 0; copies--) await world.post(url, body)
    }
  }

  const callbackBody = (job: Job, stage: SnapshotStage): string => {
    const codec = adapter.operations.generateMusic!.callback as z.ZodType<Snapshot, unknown>
    const fixture = music[`callback_${stage as 'complete'}`]
    return JSON.stringify(overlay(fixture.wire, z.encode(codec, snapshotAt(job, stage, assets))))
  }

  const asset = async (path: string): Promise<Response> => {
    const match = /\/assets\/([0-9a-f-]{36})(\.wav|\.svg)?$/.exec(path)
    const job = match === null ? null : await studio.owner(match[1]!)
    if (match === null || job === null) return new Response('no such file', { status: 404 })
    const index = job.tracks.indexOf(match[1]!)
    if (match[2] !== '.svg') return new Response(studio.audio(job, index), { headers: { 'content-type': 'audio/wav' } })
    const hue = (index * 140 + job.id.charCodeAt(0) * 7) % 360
    return new Response(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="hsl(${hue} 60% 45%)"/><circle cx="32" cy="32" r="14" fill="hsl(${hue} 80% 80%)"/></svg>`,
      { headers: { 'content-type': 'image/svg+xml' } },
    )
  }

  /** What goes wrong before the request is looked at, or null. */
  const disturbed = async (route: Route): Promise<Response | null> => {
    if (route.step === 'poll') return null
    const fault = faults.take(BEFORE)
    if (fault === 'broken') return new Response('<html><body>502 Bad Gateway</body></html>', { status: 502 })
    if (fault === 'silent') return new Promise(() => {})
    if (fault === 'slow') await sleep(SLOW)
    const refusal = REFUSALS.find((each) => each === fault)
    if (refusal === undefined) return null
    const calls = route.operation === 'generateMusic' ? music : mirror[route.operation].replies
    return reply((calls as Partial<Record<string, Fixture>>)[refusal] ?? music[refusal] ?? music.server_error)
  }

  const limited = (route: Route, body: unknown): boolean => {
    if (route.step === 'submit') return windows.take('submit', adapter.limits.submits) > 0
    return route.step === 'poll' && windows.take(JSON.stringify(body), adapter.limits.readsPerTask) > 0
  }

  const served = async (route: Route, value: unknown): Promise<Response> => {
    if (route.operation === 'getCredits') {
      const { credits } = await studio.ledger()
      return sealed(route, mirror.getCredits.replies.done, { remaining: world.creditsAtStart - credits })
    }
    if (route.operation === 'alignLyrics') {
      const { not_ready } = mirror.alignLyrics.replies
      if (not_ready !== undefined && faults.take(['not_ready']) !== null) return reply(not_ready)
      return aligned(route, value as TrackReference)
    }
    if (route.step === 'submit') return submitted(route, value as GenerateMusicSubmission, faults.take(AFTER))
    return polled(route, (value as { provider_task_id: string }).provider_task_id)
  }

  const answer = async (request: Request, route: Route): Promise<Response> => {
    const sent: unknown =
      route.call.carries === 'query'
        ? Object.fromEntries(new URL(request.url).searchParams)
        : await request.json().catch(() => undefined)
    const disturbance = await disturbed(route)
    if (disturbance !== null) return disturbance
    const replies = mirror[route.operation].replies
    if (!authorized(request)) return reply(replies.unauthorized)
    if (limited(route, sent)) return reply(music.rate_limited)
    const checked = validators.get(route)!.validate(sent)
    const decoded = z.safeDecode(route.call.request, sent)
    if (checked.valid && decoded.success) return served(route, decoded.data)
    refusals.push(`${route.operation}.${route.step}: ${checked.errors[0]?.error ?? decoded.error?.issues[0]?.message}`)
    return reply(music.invalid)
  }

  return {
    id: adapter.id,
    faults,
    ledger: studio.ledger,
    /** Requests that were not as the provider takes them, in words: none, where the adapter is right. */
    refusals: (): readonly string[] => refusals,

    /** @throws CUT where the connection is to be cut */
    fetch: async (request: Request): Promise<Response> => {
      const { pathname } = new URL(request.url)
      const path = pathname.slice(prefix.length)
      if (path.startsWith('/assets/')) return asset(path)
      const route = routes.find(({ call }) => call.path === path && call.method === request.method)
      return route === undefined
        ? json({ code: 404, msg: 'Not Found', message: 'Not Found', data: null }, 404)
        : answer(request, route)
    },
  }
}
export type Upstream = ReturnType<typeof createUpstream>
