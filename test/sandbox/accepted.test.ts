/** Acceptances of simulated upstreams have the keys that the page of their form documents, and no others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TASK_FORMS } from '../../src/contract/operations.ts'
import { adapters, mirrors } from '../../src/registry.ts'
import { CALLBACK, formsOf, type Stage, samples, stage } from './stage.ts'

const stages = new Map<string, Stage>()
const all = await mirrors()
beforeAll(async () => {
  for (const adapter of adapters) stages.set(adapter.id, await stage(adapter))
})
afterAll(() => {
  for (const { provider } of stages.values()) provider.close()
})

/** Where the values of a document stand. */
const placesIn = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? ['']
    : Object.entries(value).flatMap(([key, each]) => placesIn(each).map((place) => `/${key}${place}`))

describe.each(adapters)('$id', (adapter) => {
  const documented = formsOf(adapter, TASK_FORMS).filter((form) => all[adapter.id]![form]?.replies.accepted)

  it.each(documented)('accepts %s in the words of its page', async (form) => {
    const { provider, submit, lawful } = stages.get(adapter.id)!
    await submit(form, { ...(await lawful(form, samples(adapter, form, 1)[0]!)), callback_url: CALLBACK })
    const { wire } = all[adapter.id]![form]!.replies.accepted!
    expect(placesIn(JSON.parse(provider.last())).sort()).toEqual(placesIn(wire).sort())
  })
})
