/** A simulated upstream: the studio behind an adapter's own tables read in reverse, over (Request) => Promise<Response>. */
import type { Model } from '../canonical/words.ts'
import type { Adapter } from '../contract/adapter.ts'
import type { Mirror } from '../contract/mirror.ts'
import type { CallForm, Form, TaskForm } from '../contract/operations.ts'
import { ignoredFields } from '../contract/rules.ts'
import type { TaskReference } from '../contract/shapes.ts'
import type { Submissions } from '../contract/submissions.ts'
import { hex } from '../engine/ids.ts'
import { line } from '../engine/in-line.ts'
import { rateWindows } from '../engine/limits.ts'
import type { Clock, Entropy, Sql } from '../engine/ports.ts'
import { priceOf as creditsOf } from '../engine/submission.ts'
import { assetServer } from './assets.ts'
import { type Fault, faultSwitch, faultsOf } from './faults.ts'
import { inPart } from './ranges.ts'
import { readWindows } from './reads.ts'
import { alignmentOf, isMusic } from './recording.ts'
import { createReplies, json } from './replies.ts'
import { enhanced } from './results.ts'
import { type Route, routesOf, taking } from './routes.ts'
import { type Found, finder } from './sources.ts'
import { createStudio, type Ending, type Job, secondsTo } from './studio.ts'
import { uploadShelf } from './uploads.ts'

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
/** Of requests that were not as they should be, the last ones are told. */
const REFUSALS_TOLD = 100
const ENDINGS: { readonly [F in Fault]?: Ending } = {
  fails: 'failed',
  fails_half: 'failed_half',
  fails_refunded: 'failed_refunded',
  fails_content: 'failed_content',
}
const REFUSALS = ['no_credits', 'rate_limited', 'maintenance', 'unauthorized', 'server_error'] as const
const BEFORE = ['broken', 'silent', 'slow', ...REFUSALS] as const
const ENDS = Object.keys(ENDINGS) as Fault[]
const ON_ITS_WAY = ['answer_lost', 'malformed'] as const
const CALLBACKS = ['callback_lost', 'callback_duplicated', 'callback_reordered'] as const

export const createUpstream = (world: UpstreamWorld) => {
  const { adapter, mirror, clock, entropy, origin, pace, sleep } = world
  const provider = adapter.id
  const at = (file: string) => `${origin}/assets/${file}`
  const studio = createStudio({ provider, sql: world.sql, clock, entropy, pace })
  const { uploadDays, audioDays } = adapter.retention
  const uploads = uploadShelf({ provider, sql: world.sql, clock, entropy, days: uploadDays ?? audioDays }, at)
  const serveAsset = assetServer(studio, uploads)
  const find = finder(studio, mirror, origin)
  const say = createReplies(adapter, mirror, { at })
  const faults = faultSwitch()
  const windows = rateWindows(clock, pace)
  const reads = readWindows(clock, pace)
  const inLine = line()
  const routes = routesOf(adapter, mirror)
  const refusals: string[] = []
  const prefix = new URL(origin).pathname.replace(/\/$/, '')

  /** What nobody publishes costs a credit here. */
  const priceOf = (form: Form, request: object) => {
    const { model = null } = request as { model?: Model }
    return creditsOf(adapter, form, model, request as Readonly<Record<string, unknown>>).credits ?? 1
  }

  const callBack = async (job: Job, url: string): Promise<void> => {
    const codec = adapter.operations[job.form]?.callback
    if (codec === undefined) return
    const fault = faults.take(CALLBACKS)
    if (fault === 'callback_lost') return
    const stages = say.callbackStages(job)
    const order = fault === 'callback_reordered' ? stages.toReversed() : stages
    for (const [index, stage] of order.entries()) {
      // The last one first is sent once there is one.
      const reached = fault === 'callback_reordered' ? stages.at(-1)! : stages[index]!
      const due = job.created_at + secondsTo(job.form, reached) * 1000 * pace
      await sleep(Math.max(due - clock(), 0))
      const body = say.callback(job, codec, stage === 'complete' && job.ending !== null ? 'failed' : stage)
      for (let copies = fault === 'callback_duplicated' ? 2 : 1; copies > 0; copies--) await world.post(url, body)
    }
  }

  /** An answer that says yes: what was bought is bought, whether it arrives or not. */
  const given = async (answer: Response): Promise<Response> => {
    const fault = faults.take(ON_ITS_WAY)
    if (fault === 'answer_lost') throw CUT
    return fault === 'malformed' ? new Response((await answer.text()).slice(0, -12)) : answer
  }

  /** What counts of a request: what the page says is ignored is not heard, and a length that it fills in is. */
  const heard = <F extends TaskForm>(form: F, request: Submissions[F]): Submissions[F] => {
    const ignored = ignoredFields(adapter.operations[form]!.rules, request as Readonly<Record<string, unknown>>)
    const duration_seconds = mirror[form]!.default_seconds
    const filled = duration_seconds === undefined ? request : { duration_seconds, ...request }
    return Object.fromEntries(Object.entries(filled).filter(([field]) => !ignored.includes(field))) as Submissions[F]
  }

  const submitted = async <F extends TaskForm>(form: F, request: Submissions[F], { call }: Route) => {
    const { known, finished, source, about } = await find(form, request)
    const refused = known ? (finished ? null : say.special(form, 'not_ready')) : say.special(form, 'unknown_source')
    if (refused !== null) return refused
    // Of songs that are made of an unknown one some are accepted all the same, and fail (kie.md 3.5).
    if (!known && !isMusic(form)) return say.refusal(form, 'invalid')
    const earlier = about !== null && say.once(form) ? await studio.earlier(form, about) : null
    if (earlier !== null) return say.exists(form, call, earlier)
    const fault = faults.take(ENDS)
    const ending = (fault === null ? undefined : ENDINGS[fault]) ?? (known ? null : 'failed')
    const price = priceOf(form, request)
    const job = await studio.accept({ form, request: heard(form, request), source, ending }, price, about)
    if (request.callback_url !== undefined) void callBack(job, request.callback_url)
    return given(say.sealed(form, call, 'accepted', { provider_task_id: job.id }))
  }

  /** Several forms may share this path: the job knows its own. */
  const polled = async ({ form, call: { path } }: Route, { provider_task_id: id }: TaskReference) => {
    const job = await studio.job(id)
    const own = routes.find((each) => each.step === 'poll' && each.form === job?.form && each.call.path === path)
    if (job === null || own === undefined) return say.refusal(form, 'unknown_task')
    return say.record(job, own.call, studio.stage(job), faults.quirk())
  }

  /** The refusal of a call about a track that is not there yet: nothing is known of it where a page has no word for that. */
  const missing = (form: CallForm, source: Found['source']): Response =>
    (source === null ? null : say.special(form, 'not_ready')) ??
    say.special(form, 'unknown_track') ??
    say.refusal(form, 'invalid')

  const aligned = async (request: Submissions['alignLyrics'], { call }: Route): Promise<Response> => {
    const notReady = say.special('alignLyrics', 'not_ready')
    if (notReady !== null && faults.take(['not_ready']) !== null) return notReady
    const { source, finished } = await find('alignLyrics', request)
    if (source === null || !finished) return missing('alignLyrics', source)
    await studio.charge('alignLyrics', priceOf('alignLyrics', request))
    const alignment = alignmentOf(source.recording)
    return given(say.sealed('alignLyrics', call, alignment.words.length === 0 ? 'empty' : 'done', alignment))
  }

  /** The account is filled up as soon as half of it is spent: only the switch makes it empty. */
  const remaining = async (): Promise<number> => {
    if (faults.on() === 'no_credits') return 0
    const { credits } = await studio.ledger()
    const left = world.creditsAtStart - (credits % (world.creditsAtStart / 2))
    return Math.round(left * 1e6) / 1e6
  }

  type Answers = { readonly [F in CallForm]: (request: Submissions[F], route: Route) => Promise<Response> }
  const answers: Answers = {
    alignLyrics: aligned,
    createPersona: async (request, { call }) => {
      const { source, finished, about } = await find('createPersona', request)
      if (source === null || !finished) return missing('createPersona', source)
      const exists = say.special('createPersona', 'exists')
      if (exists !== null && (await studio.bought('createPersona', about!))) return exists
      await studio.charge('createPersona', priceOf('createPersona', request), about)
      const { name, description } = request
      const report = { provider_persona_id: hex(entropy.bytes(16)), name, description }
      return given(say.sealed('createPersona', call, 'done', report))
    },
    checkVoice: async (request, { call }) => {
      const { known, finished } = await find('checkVoice', request)
      if (!known) return say.special('checkVoice', 'unknown_track') ?? say.refusal('checkVoice', 'invalid')
      // Nobody says that it costs anything.
      return given(say.sealed('checkVoice', call, 'done', { available: finished }))
    },
    enhanceStyle: async (request, { call }) => {
      await studio.charge('enhanceStyle', priceOf('enhanceStyle', request))
      return given(say.sealed('enhanceStyle', call, 'done', { style: enhanced(request.style) }))
    },
    uploadAudio: async (request, { call }) =>
      given(say.sealed('uploadAudio', call, 'done', await uploads.keep(request))),
    uploadFromUrl: async (request, { call }) =>
      given(say.sealed('uploadFromUrl', call, 'done', await uploads.link(request))),
    getCredits: async (_, { call }) => say.sealed('getCredits', call, 'done', { remaining: await remaining() }),
  }

  /** What goes wrong before the request is looked at, or null. */
  const disturbed = async ({ form, step }: Route): Promise<Response | null> => {
    if (step === 'poll') return null
    // Reading the balance costs nothing: who has no credits says so.
    if (form === 'getCredits' && faults.on() === 'no_credits') return null
    const fault = faults.take(BEFORE)
    if (fault === 'broken') return new Response('<html><body>502 Bad Gateway</body></html>', { status: 502 })
    if (fault === 'silent') return new Promise(() => {})
    if (fault === 'slow') await sleep(SLOW)
    const refusal = REFUSALS.find((each) => each === fault)
    return refusal === undefined ? null : say.refusal(form, refusal)
  }

  const limited = ({ step }: Route, body: unknown): boolean => {
    if (step === 'submit') return windows.take('submit', adapter.limits.submits) > 0
    return step === 'poll' && reads.take(JSON.stringify(body), adapter.limits.readsPerTask) > 0
  }

  const served = (route: Route, request: unknown): Promise<Response> => {
    if (route.step === 'poll') return polled(route, request as TaskReference)
    const answered = () =>
      route.step === 'call'
        ? answers[route.form](request as never, route)
        : submitted(route.form, request as Submissions[TaskForm], route)
    return say.once(route.form) ? inLine(answered) : answered()
  }

  const answer = async (request: Request, first: Route, all: readonly Route[]): Promise<Response> => {
    const sent: unknown =
      first.call.carries === 'query'
        ? Object.fromEntries(new URL(request.url).searchParams)
        : await request.json().catch(() => undefined)
    const disturbance = await disturbed(first)
    if (disturbance !== null) return disturbance
    if (request.headers.get('authorization') !== `Bearer ${world.key}`) return say.refusal(first.form, 'unauthorized')
    // Reads of all forms are refused in one way, whatever a submit of the form is told (kie.md 15).
    if (limited(first, sent)) return say.refusal(first.step === 'poll' ? 'generateMusic' : first.form, 'rate_limited')
    const taken = taking(all, sent)
    if ('route' in taken) return served(taken.route, taken.request)
    refusals.push(taken.because)
    if (refusals.length > REFUSALS_TOLD) refusals.shift()
    return say.refusal(first.form, 'invalid')
  }

  return {
    id: provider,
    faults,
    /** What can be switched on: what the provider has words for. */
    offered: faultsOf(mirror),
    ledger: studio.ledger,
    /** Requests that were not as the provider takes them, in words: none, where the adapter is right. */
    refusals: (): readonly string[] => refusals,

    /** @throws CUT where the connection is to be cut */
    fetch: async (request: Request): Promise<Response> => {
      const path = new URL(request.url).pathname.slice(prefix.length)
      if (path.startsWith('/assets/')) return inPart(request, await serveAsset(path))
      const all = routes.filter(({ call }) => call.path === path && call.method === request.method)
      const [first] = all
      return first === undefined
        ? json({ code: 404, msg: 'Not Found', message: 'Not Found', data: null }, 404)
        : answer(request, first, all)
    },
  }
}
export type Upstream = ReturnType<typeof createUpstream>
