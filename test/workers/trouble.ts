/** What tests do to objects: they let them wait, and take from them what they ask. */
import { runInDurableObject } from 'cloudflare:test'
import { expect } from 'vitest'
import type { HarnessOptions } from '../harness.ts'
import { PROVIDERS, type Song } from '../runtime/songs.ts'
import { KEY, startHarness } from './harness.ts'

export type Installed = Awaited<ReturnType<typeof startHarness>>

/** The installations of a file of tests. */
export const installations = () => {
  const open: Installed[] = []
  return {
    start: async (options: HarnessOptions = {}): Promise<Installed> => {
      const harness = await startHarness(options)
      open.push(harness)
      return harness
    },
    stop: async (): Promise<void> => {
      await Promise.all(open.map((harness) => harness.stop()))
    },
  }
}

export const KIE = { routing: { order: ['kie', 'apibox', 'udioapi'] } }
export const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
export const read = async (harness: Installed, id: string) =>
  (await (await harness.call(`/v1/tasks/${id}`)).json()) as Song

/** A provider that answers a submission so many milliseconds after it has taken it; tells of each that it took. */
export const slowly = (harness: Installed, provider: string, milliseconds: number) => {
  const { upstream } = harness.upstream(provider)
  const { fetch } = upstream
  const taken: string[] = []
  upstream.fetch = async (request) => {
    const answer = await fetch(request)
    if (request.method !== 'POST') return answer
    taken.push(request.url)
    await sleep(milliseconds)
    return answer
  }
  const whenTaken = async (count: number) => {
    while (taken.length < count) await sleep(5)
  }
  return { whenTaken, normal: () => Object.assign(upstream, { fetch }) }
}

/** A style that is being enhanced, at whoever is asked first, for so many milliseconds. */
export const slowStyle = async (harness: Installed, milliseconds: number, headers: Record<string, string> = {}) => {
  const taken = PROVIDERS.map((provider) => slowly(harness, provider, milliseconds))
  const bought = harness
    .raw(
      new Request(`${harness.here}/v1/styles/enhancements`, {
        method: 'POST',
        body: JSON.stringify({ style: 'indie folk' }),
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
      }),
    )
    .catch(() => null)
  await Promise.race(taken.map(({ whenTaken }) => whenTaken(1)))
  for (const { normal } of taken) normal()
  const styles = async () =>
    ((await (await harness.call('/v1/tasks?operation=enhanceStyle')).json()) as { data: Song[] }).data
  await until(async () => (await styles()).length === 1)
  const [{ id, status }] = (await styles()) as [Song]
  expect(status).toBe('running')
  return { id, bought, styles }
}

/** When its alarm rings next; null where it is not set. */
export const alarmOf = (harness: Installed, id: string) =>
  runInDurableObject(harness.objects.taskAt(id) as never, (_, { storage }) => storage.getAlarm())

/** What an object answers, or does not: each call of a method of this name waits until it is let go. */
export const holding = (harness: Installed, binding: 'WEBHOOKS' | 'LIMITS' | 'HEALTH', method: string) => {
  const bound = harness.objects.bound()
  const objects = bound[binding]
  let held = 0
  const slow = (stub: { call: (name: string, ...asked: unknown[]) => Promise<unknown> }) => ({
    call: (name: string, ...asked: unknown[]) => {
      if (name !== method) return stub.call(name, ...asked)
      held += 1
      return new Promise(() => undefined)
    },
  })
  bound[binding] = { ...objects, getByName: (name: string) => slow(objects.getByName(name) as never) } as never
  return {
    whenHeld: async () => {
      while (held === 0) await sleep(5)
    },
    release: () => {
      bound[binding] = objects
    },
  }
}

/** The lists refuse everything until they are back, whoever has asked for them meanwhile. */
export const withoutLists = (harness: Installed) => {
  const bound = harness.objects.bound()
  const { DB } = bound
  let isBack = false
  const away = async () => {
    throw new Error('D1_ERROR: the lists are away')
  }
  const refused = { bind: () => ({ all: away, run: away }), all: away, run: away }
  bound.DB = {
    prepare: (text: string) => (isBack ? DB.prepare(text) : refused),
    batch: (statements: never[]) => (isBack ? DB.batch(statements) : away()),
  } as never
  return () => {
    isBack = true
  }
}

/** The lists hear nothing and say nothing until they are back: what they were told meanwhile is lost. */
export const withSilentLists = (harness: Installed) => {
  const bound = harness.objects.bound()
  const { DB } = bound
  let isBack = false
  bound.DB = {
    prepare: (text: string) => DB.prepare(text),
    batch: (statements: never[]) => (isBack ? DB.batch(statements) : new Promise(() => undefined)),
  } as never
  return () => {
    isBack = true
  }
}

export const NEAR = 120_000

/** Tests run side by side: none of them has `expect.poll`. */
export const until = async (holds: () => Promise<boolean> | boolean, milliseconds = 15_000) => {
  const deadline = Date.now() + milliseconds
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not so within ${milliseconds} ms: ${holds}`)
    await sleep(20)
  }
}
