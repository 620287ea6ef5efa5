/** How a simulated upstream says things: documented messages with the values of this task, in its adapter's own words. */
import * as z from 'zod'
import type { Adapter, Call } from '../contract/adapter.ts'
import { seal } from '../contract/envelope.ts'
import type { CallReplies, Fixture, Mirror, TaskReplies } from '../contract/mirror.ts'
import type { Form, TaskForm } from '../contract/operations.ts'
import { blank, read, write } from '../contract/paths.ts'
import type { Snapshot, SnapshotStage } from '../contract/shapes.ts'
import { snapshotTableOf } from '../contract/snapshot.ts'
import { overlay, silenced } from './overlay.ts'
import { type Assets, isSong, type Job, snapshotAt } from './studio.ts'

// biome-ignore lint/suspicious/noExplicitAny: a route serves calls of every kind; each step knows its own
export type AnyCall = Call<any, any>

export const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

export const reply = (fixture: Fixture): Response =>
  fixture.text === undefined
    ? json(fixture.wire, fixture.http)
    : new Response(fixture.text, { status: fixture.http ?? 200 })

/** Stages in the order they are reached. */
const REACHED = ['submitted', 'text_ready', 'first_ready', 'complete'] as const
const CALLED_BACK = ['text_ready', 'first_ready', 'complete'] as const

type Codec = z.ZodType<unknown, unknown>

/** Which documented failure tells of it: who finished half of it fails like any other. */
const failureOf = ({ ending }: Job) => (ending === null || ending === 'failed_half' ? 'failed' : ending)

/** As many tracks as the documented message has: some name none before there is one (kie.md 12.2, apibox.md 7.1). */
const asDocumented = (codec: Codec, wire: unknown, snapshot: Snapshot): Snapshot => {
  const heard = z.safeDecode(codec, wire)
  const tracks = heard.success ? snapshot.tracks.slice(0, (heard.data as Snapshot).tracks.length) : snapshot.tracks
  return { ...snapshot, tracks }
}

/** A failure is told as documented; only the names of the task and its tracks are ours, wherever the table has them. */
const named = (codec: Codec, wire: unknown, { id, made }: Job): unknown => {
  const told = structuredClone(wire)
  for (const path of snapshotTableOf(codec)?.task ?? []) if (!blank(read(told, path))) write(told, path, id)
  const heard = z.safeDecode(codec, told)
  const tracks = heard.success ? (heard.data as Snapshot).tracks : []
  return tracks.reduce(
    (said, track, index) =>
      JSON.parse(JSON.stringify(said).replaceAll(`"${track.provider_track_id}"`, `"${made[index]}"`)),
    told,
  )
}

/** What the table speaks of a documented message; nothing where it can not read it. */
const spokenOf = (codec: Codec, wire: unknown): unknown => {
  const heard = z.safeDecode(codec, wire)
  const spoken = heard.success ? z.safeEncode(codec, heard.data) : null
  return spoken?.success ? spoken.data : {}
}

/** Over a documented message: songs item by item, and of what is no song nothing that is not ours. */
const laidOver = (codec: Codec, documented: unknown, job: Job, snapshot: Snapshot) => {
  const ours = z.encode(codec, snapshot)
  return isSong(job) || snapshot.stage !== 'complete' ? ours : silenced(spokenOf(codec, documented), ours)
}

/** A time as the documented one is written: a number, an instant, or a text without a zone. */
const timeLike = (documented: unknown, at: number) => {
  if (typeof documented === 'number') return at
  const instant = new Date(at).toISOString()
  return String(documented).includes('T') ? instant : instant.slice(0, 19).replace('T', ' ')
}

/** The record with the time of this task, wherever the documented one says when it was made. */
const dated = (record: unknown, { madeAt = [] }: AnyCall, at: number): unknown => {
  const told = structuredClone(record)
  for (const path of madeAt) {
    const documented = [read(told, path)].flat().find((each) => !blank(each))
    if (documented !== undefined) write(told, path, timeLike(documented, at))
  }
  return told
}

export const createReplies = (adapter: Adapter, mirror: Mirror, assets: Assets) => {
  const music: TaskReplies = mirror.generateMusic.replies
  const own = (form: Form): Partial<TaskReplies & CallReplies> => mirror[form]?.replies ?? {}
  const envelopeOf = (call: AnyCall) => call.envelope ?? adapter.envelope
  /** The message around what a call's codec reads. */
  const around = (call: AnyCall, spoken: unknown) =>
    call.reads === 'body' ? spoken : { [envelopeOf(call).payload]: spoken }
  const within = (call: AnyCall, wire: unknown) => (call.reads === 'body' ? wire : read(wire, envelopeOf(call).payload))

  /** Who brings its own record brings all of it. */
  const records = (form: TaskForm) => (own(form).complete === undefined ? music : own(form))
  const callbacks = (form: TaskForm) => (own(form).callback_complete === undefined ? music : own(form))

  /** The last stage reached that this form has words for. */
  const toldAt = (replies: Partial<TaskReplies>, stage: SnapshotStage): SnapshotStage =>
    stage === 'failed'
      ? stage
      : (REACHED.slice(0, REACHED.indexOf(stage) + 1).findLast((each) => replies[each] !== undefined) ?? 'submitted')

  return {
    /** A refusal of this form, or that of generateMusic. */
    refusal: (form: Form, name: keyof TaskReplies & string): Response =>
      reply(own(form)[name] ?? music[name] ?? music.server_error),

    /** A refusal that only some forms have, or null. */
    special: (form: Form, name: 'unknown_source' | 'not_ready' | 'unknown_track' | 'exists'): Response | null => {
      const fixture = own(form)[name]
      return fixture === undefined ? null : reply(fixture)
    },

    /** Whether a form is made once of a source. */
    once: (form: Form): boolean => own(form).exists !== undefined,

    /** That a task has made it before: it is named where the page says that it is told. */
    exists: (form: TaskForm, call: AnyCall, { id }: Job): Response => {
      const { wire, http } = own(form).exists!
      const { payload } = envelopeOf(call)
      const told = z.encode(call.response, { provider_task_id: id })
      return json(blank(read(wire, payload)) ? wire : overlay(wire, { [payload]: told }), http)
    },

    /** A documented answer of a call or submit with a payload of ours. */
    sealed: (form: Form, call: AnyCall, name: 'accepted' | 'done' | 'empty', value: unknown): Response => {
      const spoken = z.encode(call.response, value)
      const fixture = own(form)[name] ?? own(form).done ?? music.accepted
      return json(overlay(fixture.wire ?? seal(envelopeOf(call), spoken), around(call, spoken)), fixture.http)
    },

    /** The record of a job; a quirk replaces it by another documented one. */
    record: (job: Job, call: AnyCall, reached: SnapshotStage, quirk: string | null): Response => {
      const replies = records(job.form)
      const stage = toldAt(replies, reached)
      const name = stage === 'failed' ? failureOf(job) : stage
      const odd = replies === music ? mirror.quirks[quirk ?? '']?.[name] : undefined
      const fixture = odd ?? replies[name] ?? replies.failed ?? music.failed
      if (stage === 'failed') {
        const failed = named(call.response, within(call, fixture.wire), job)
        const { payload } = envelopeOf(call)
        return json(call.reads === 'body' ? failed : { ...(fixture.wire as object), [payload]: failed }, fixture.http)
      }
      const documented = within(call, fixture.wire)
      const spoken = laidOver(call.response, documented, job, snapshotAt(job, stage, assets))
      const said = overlay(dated(documented, call, job.created_at), spoken, odd !== undefined)
      return json(overlay(fixture.wire, around(call, said), odd !== undefined), fixture.http)
    },

    /** Stages at which callbacks about a job are sent; one that fails has no first song, unless it finished half. */
    callbackStages: ({ form, ending }: Job) =>
      CALLED_BACK.filter((stage) => callbacks(form)[`callback_${stage}`] !== undefined).filter(
        (stage) => stage !== 'first_ready' || ending === null || ending === 'failed_half',
      ),

    callback: (job: Job, codec: Codec, stage: 'text_ready' | 'first_ready' | 'complete' | 'failed'): string => {
      const replies = callbacks(job.form)
      if (stage === 'failed') {
        const { wire } = replies[`callback_${failureOf(job)}`] ?? replies.callback_failed ?? music.callback_failed
        return JSON.stringify(named(codec, wire, job))
      }
      const { wire } = replies[`callback_${stage}`] ?? music[`callback_${stage}`]
      const snapshot = snapshotAt(job, stage, assets)
      const told = stage === 'complete' ? snapshot : asDocumented(codec, wire, snapshot)
      return JSON.stringify(overlay(wire, laidOver(codec, wire, job, told)))
    },
  }
}
