/** Calls that are answered with what they made: personas, styles, uploads. One key is one of them. */
import type { AvailabilityReport, VoiceCheck } from '../canonical/checkVoice.ts'
import type { Persona, PersonaReport } from '../canonical/createPersona.ts'
import type { StyleReport } from '../canonical/enhanceStyle.ts'
import type { CallOperation } from '../canonical/operations.ts'
import type { Upload, UploadReport } from '../canonical/uploadAudio.ts'
import type { CallBinding, Reports } from '../contract/adapter.ts'
import type { CallForm } from '../contract/operations.ts'
import { brokenRules } from '../contract/rules.ts'
import { trackStatus } from '../contract/shapes.ts'
import type { Submissions } from '../contract/submissions.ts'
import { refuseBroken } from './accept.ts'
import { type calls, notReadyPause, pinned } from './calls.ts'
import { GatewayError, raise } from './errors.ts'
import { finder } from './finder.ts'
import { voiceBegun } from './getVoice.ts'
import { unknownIn } from './gone.ts'
import type { Hub } from './hub.ts'
import { type Caller, earlier, fingerprintOf, heldBy, idFor, ownerOf, replay, requireProvider } from './idempotency.ts'
import { ownId } from './ids.ts'
import { audioLink } from './links.ts'
import { FREE_CALLS } from './operations.ts'
import { requireWithin } from './places.ts'
import { policy } from './policy.ts'
import type { Settings, World } from './ports.ts'
import { lookAgain, type Retention, uploadExpiry } from './present.ts'
import { candidatesFor } from './route.ts'
import { type CallTask, type Candidate, currentAttempt, ended, type Request } from './state.ts'
import type { Reader } from './store.ts'
import { lookUpTrack, nativeTrack, requireNamed, secondsOf } from './tracks.ts'

type MadeOperation = Exclude<CallOperation, 'importTrack' | 'alignLyrics'>

/** What only the provider that made the material can be asked for. */
const ONE_PROVIDER = new Set<MadeOperation>(['createPersona', 'checkVoice'])

/** What is about to be asked for. */
interface Order<F extends CallForm> {
  readonly operation: MadeOperation
  readonly request: Request
  readonly subject: string | null
  readonly provider_task_id: string | null
  readonly candidates: readonly Candidate[]
  readonly submission: Submissions[F]
}

/** A file that a client sent, as text. */
export interface SentFile {
  readonly content_base64: string
  readonly file_name?: string
  readonly size_bytes: number
}

const styled = { operation: 'enhanceStyle', material: {}, forms: ['enhanceStyle'] } as const

/** Where an upload lies at a provider: alone, since another file of the same name there would take its place (kie.md 13.3). */
const folderOf = (task: string) => `tutti/${ownId('upload', task)}`

/** What is under way may be paid for already: another key would buy it once more. */
const underWay = (operation: MadeOperation, task_id: string, settings: Settings) =>
  new GatewayError(
    'not_ready',
    'This call is under way: ask again with the same key',
    { task_id, may_have_been_charged: !FREE_CALLS.has(operation) },
    notReadyPause(settings),
  )

export const makers = (
  world: World,
  read: Reader,
  { make }: ReturnType<typeof calls>,
  retention: Retention,
  hub: Hub,
) => {
  const { access: all, clock, entropy, settings } = world
  const find = finder(all)

  /** What a key has made before, or null. */
  const before = async (caller: Caller, operation: MadeOperation, request: Request) => {
    await hub.refresh()
    const id = await idFor(entropy, clock(), caller, operation)
    const fingerprint = await fingerprintOf(entropy, caller, request)
    const known = await earlier(read, caller, id, clock())
    if (known !== null) replay(known, fingerprint, clock())
    if (known?.status === 'failed') raise(known.error!, known.id)
    if (known !== null && !ended(known)) throw underWay(operation, id, settings)
    return { id, fingerprint, known: known as CallTask | null }
  }

  /** Asks one provider after the other, as long as each provably did nothing. */
  const ordered = async <F extends CallForm>(
    caller: Caller,
    order: Order<F>,
    { id, fingerprint }: { id: string; fingerprint: string },
  ): Promise<CallTask> => {
    for (const [index, candidate] of order.candidates.entries()) {
      const asked = find(candidate)!
      const { call } = asked.access.adapter.operations[candidate.form as F] as CallBinding<Submissions[F], Reports[F]>
      const chosen = index === 0 ? candidate : { ...candidate, chosen_by: 'fallback' as const }
      const plan = { ...order, id, fingerprint, project: caller.project, candidate: chosen, call, ...ownerOf(caller) }
      try {
        await make(plan, asked, async () => {
          throw underWay(order.operation, id, settings)
        })
        return (await read.task(id)) as CallTask
      } catch (error) {
        const last = index === order.candidates.length - 1
        // Only a refusal that left no task behind can be taken elsewhere.
        if (!(error instanceof GatewayError)) throw error
        const unwell = error.code === 'provider_pinned_unavailable'
        const gone = (unwell || policy[error.code].elsewhere) && (await read.task(id)) === null
        if (last && unwell && !ONE_PROVIDER.has(order.operation))
          throw new GatewayError('no_provider_available', error.message, error.involved, error.retryAfter)
        if (last || !gone) throw error
      }
    }
    throw new GatewayError('no_provider_available', 'No provider can be asked at the moment')
  }

  const persona = (task: CallTask): Persona => {
    const { name, description, provider_persona_id } = task.result as PersonaReport
    const asked = task.request as { name: string; description: string }
    return {
      id: ownId('persona', task.id),
      object: 'persona',
      task_id: task.id,
      track_id: task.subject!,
      provider: currentAttempt(task)!.provider,
      provider_persona_id,
      name: name ?? asked.name,
      description: description ?? asked.description,
      created_at: new Date(task.created_at).toISOString(),
    }
  }

  const upload = (task: CallTask): Upload => {
    const { url, file_name, size_bytes, media_type } = task.result as UploadReport
    return {
      id: ownId('upload', task.id),
      object: 'upload',
      provider: currentAttempt(task)!.provider,
      url,
      file_name,
      size_bytes,
      media_type,
      created_at: new Date(task.created_at).toISOString(),
      expires_at: new Date(uploadExpiry(task, retention)).toISOString(),
    }
  }

  const check = (task: CallTask): VoiceCheck => ({
    object: 'voice_check',
    voice_id: task.subject!,
    available: (task.result as AvailabilityReport).available,
    checked_at: new Date(task.updated_at).toISOString(),
  })

  const provider = (task: CallTask) => currentAttempt(task)!.provider

  return {
    createPersona: async (caller: Caller, request: Request) => {
      const { known, ...ids } = await before(caller, 'createPersona', request)
      if (known !== null) return { made: persona(known), provider: provider(known), replayed: true }
      refuseBroken('createPersona', request)
      const { track_id, metadata: _, ...words } = request as { track_id: string; metadata?: unknown }
      const found = await lookUpTrack(read, caller.project, track_id)
      const pointer = '/track_id'
      if (found === null) throw await unknownIn(read, caller.project, track_id, pointer, 'track')
      if (trackStatus(found.task.tracks[found.index]!) !== 'ready')
        throw ended(found.task)
          ? new GatewayError('validation_failed', `${track_id} was never finished`, {
              errors: [{ pointer, code: 'track_unfinished', detail: 'was never finished' }],
            })
          : new GatewayError('not_ready', `${track_id} is not finished yet`, {}, lookAgain(found.task, clock()) ?? 1)
      requireNamed(found)
      requireWithin(request, secondsOf(found), false)
      const { provider: by, credential, model, form: made, ...reference } = nativeTrack(found)
      requireProvider(caller, by)
      const { access } = pinned(find, { provider: by, credential, made }, 'createPersona', all)
      const submission = { ...reference, ...words } as Submissions['createPersona']
      const broken = brokenRules(access.adapter.operations.createPersona!.rules ?? [], { ...submission, model })
      if (broken.length > 0)
        throw new GatewayError('validation_failed', `${broken[0]!.field}: ${broken[0]!.detail}`, {
          provider: by,
          errors: broken.map(({ field, code, detail }) => ({ pointer: `/${field}`, code, detail: `${by}: ${detail}` })),
        })
      const order: Order<'createPersona'> = {
        operation: 'createPersona',
        request,
        subject: track_id,
        provider_task_id: reference.provider_task_id,
        candidates: [{ provider: by, credential, form: 'createPersona', model, chosen_by: 'own' }],
        submission,
      }
      const task = await ordered(caller, order, ids)
      return { made: persona(task), provider: by, replayed: false }
    },

    checkVoice: async (caller: Caller, request: Request) => {
      const { voice_id } = request as { voice_id: string }
      await voiceBegun(read, caller.project, voice_id)
      const { known, ...ids } = await before(caller, 'checkVoice', request)
      if (known !== null) return { made: check(known), provider: provider(known), replayed: true }
      const confirmed = await read.lastAbout(voice_id, 'confirmVoice', 'succeeded')
      const attempt = confirmed === null ? undefined : currentAttempt(confirmed)
      if (attempt === undefined || attempt.provider_task_id === null)
        throw new GatewayError('not_ready', `${voice_id} is not finished: see getVoice for what is missing`, {}, 10)
      const { provider: by, credential, provider_task_id } = attempt
      requireProvider(caller, by)
      pinned(find, { provider: by, credential }, 'checkVoice', all)
      const order: Order<'checkVoice'> = {
        operation: 'checkVoice',
        request,
        subject: voice_id,
        provider_task_id,
        candidates: [{ provider: by, credential, form: 'checkVoice', model: null, chosen_by: 'own' }],
        submission: { provider_task_id },
      }
      return { made: check(await ordered(caller, order, ids)), provider: by, replayed: false }
    },

    enhanceStyle: async (caller: Caller, request: Request) => {
      const shown = (task: CallTask, replayed: boolean) => ({
        made: { object: 'style', ...(task.result as StyleReport) },
        provider: provider(task),
        replayed,
      })
      const { known, ...ids } = await before(caller, 'enhanceStyle', request)
      if (known !== null) return shown(known, true)
      const order: Order<'enhanceStyle'> = {
        operation: 'enhanceStyle',
        request,
        subject: null,
        provider_task_id: null,
        candidates: candidatesFor(all, { ...styled, request, ...heldBy(caller) }, hub.strategies, ids.id),
        submission: { style: (request as { style: string }).style },
      }
      return shown(await ordered(caller, order, ids), false)
    },

    /** `file` where the client sent it itself, else the request names its URL. */
    uploadAudio: async (caller: Caller, request: Request, file: SentFile | null) => {
      const echo = file === null ? request : { ...request, size_bytes: file.size_bytes }
      // A key stands for this very file.
      const identity = file === null ? request : { ...echo, content: file.content_base64 }
      const { known, ...ids } = await before(caller, 'uploadAudio', identity)
      if (known !== null) return { made: upload(known), provider: provider(known), replayed: true }
      const form = file === null ? 'uploadFromUrl' : 'uploadAudio'
      const { file_name, url } = request as { file_name?: string; url?: string }
      if (file === null) audioLink(url!, '/url', settings)
      const place = { folder: folderOf(ids.id), ...(file_name === undefined ? {} : { file_name }) }
      const order: Order<'uploadAudio' | 'uploadFromUrl'> = {
        operation: 'uploadAudio',
        request: echo,
        subject: null,
        provider_task_id: null,
        candidates: candidatesFor(
          all,
          { operation: 'uploadAudio', request, material: {}, forms: [form], ...heldBy(caller) },
          hub.strategies,
          ids.id,
        ),
        submission: file === null ? { url: url!, ...place } : { content_base64: file.content_base64, ...place },
      }
      const task = await ordered(caller, order, ids)
      return { made: upload(task), provider: provider(task), replayed: false }
    },
  }
}
