/** A simulated provider of the tests, asked and read as the engine does it, with what its forms can be about. */
import fc from 'fast-check'
import type { Adapter, Call, TaskBinding } from '../../src/contract/adapter.ts'
import type { Form, TaskForm } from '../../src/contract/operations.ts'
import type { Snapshot, TaskReference } from '../../src/contract/shapes.ts'
import { judgePaid, judgeRead } from '../../src/engine/outcome.ts'
import { mirrors } from '../../src/registry.ts'
import { submissionsTo } from '../contract/submissions.ts'
import type { Order } from './made.ts'
import { simulatedProvider } from './provider.ts'

export const CALLBACK = 'https://tutti.example/cb/1'

export const samples = (adapter: Adapter, form: Form, count: number): Order[] =>
  fc.sample(submissionsTo(adapter, form), { numRuns: count, seed: 7 })

export const formsOf = <F extends Form>(adapter: Adapter, all: readonly F[]) =>
  all.filter((form) => adapter.operations[form] !== undefined)

/** A provider of the tests, with what its forms can be about. */
export const stage = async (adapter: Adapter) => {
  const mirror = (await mirrors())[adapter.id]!
  const provider = await simulatedProvider(adapter, mirror)
  const binding = (form: TaskForm) => adapter.operations[form] as TaskBinding<unknown>
  const ask = async <Answer>(form: Form, call: Call<unknown, Answer>, request: unknown) =>
    judgePaid(adapter, form, call, await provider.send(call, request))

  const submit = async (form: TaskForm, request: Order): Promise<string> => {
    provider.pass(10)
    const outcome = await ask(form, binding(form).submit, request)
    if (outcome.class !== 'accepted')
      throw new Error(`${form}: ${JSON.stringify(outcome)} to ${JSON.stringify(request)}`)
    return (outcome.response as TaskReference).provider_task_id
  }
  const poll = async (form: TaskForm, id: string): Promise<Snapshot> => {
    provider.pass(1)
    const { poll: call } = binding(form)
    const reading = judgeRead(adapter, form, call, await provider.send(call, { provider_task_id: id }))
    if (reading.kind !== 'read') throw new Error(`${form}: ${JSON.stringify(reading)}`)
    return reading.response
  }
  const done = async (form: TaskForm, request: Order) => {
    const id = await submit(form, request)
    provider.pass(200)
    return { id, snapshot: await poll(form, id) }
  }

  const [order] = samples(adapter, 'generateMusic', 1)
  const song = await done('generateMusic', order!)
  const trackOf = ({ id, snapshot }: typeof song) => ({
    provider_task_id: id,
    provider_track_id: snapshot.tracks[1]!.provider_track_id,
    track_index: 1,
  })
  const track = trackOf(song)
  /** A track of the same song, made once more: some things are made of a track once. */
  const another = async () => trackOf(await done('generateMusic', order!))
  const has = (form: TaskForm) => adapter.operations[form] !== undefined
  const stems = has('separateStems')
    ? (await done('separateStems', { ...track, separation: 'stems', callback_url: CALLBACK })).id
    : ''
  const begun = has('startVoice') ? await done('startVoice', samples(adapter, 'startVoice', 1)[0]!) : null
  const phrase = begun?.id ?? ''
  const voice =
    begun === null
      ? ''
      : (await done('confirmVoice', { ...samples(adapter, 'confirmVoice', 1)[0]!, provider_task_id: phrase })).id

  /** What is named has to be there, and what is made once was not made of it. */
  const lawful = async (form: Form, request: Order): Promise<Order> => {
    if (form === 'createMidi') return { provider_task_id: stems, callback_url: CALLBACK }
    if (form === 'confirmVoice' || form === 'renewPhrase') return { ...request, provider_task_id: phrase }
    if (form === 'checkVoice') return { ...request, provider_task_id: voice }
    const about = mirror[form]?.replies.exists === undefined ? track : await another()
    const named = Object.entries(about).filter(([field]) => field in request)
    return { ...request, ...Object.fromEntries(named) }
  }
  return { adapter, provider, binding, ask, submit, poll, done, song: song.snapshot, track, another, begun, lawful }
}
export type Stage = Awaited<ReturnType<typeof stage>>
