/** The name of a task in a callback of which nothing else is understood. Places: kie.md 12.1, apibox.md 7.7, udioapi.md 10.2. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { TaskForm } from '../../src/contract/operations.ts'
import { taskNamedIn } from '../../src/contract/snapshot.ts'
import { adapters } from '../../src/registry.ts'

const ROOT = join(import.meta.dirname, '../..')
const ID = '3f9c2b7a1d4e48c6a0b5e7d21c9f6a84'
const PLACES = [
  { data: { task_id: ID } },
  { data: { taskId: ID } },
  { task_id: ID },
  { taskId: ID },
  { taskId: ID, task_id: '', data: { taskId: null, task_id: '' } },
]
const NAMELESS = [null, 'x', [], { id: ID }, { data: [{ id: ID }] }, { data: { task_id: {} } }]
/** What no page knows: no code, and a word that is new. */
const strange = (body: object) => ({
  msg: 'so it is',
  ...body,
  data: { callbackType: 'progress', ...('data' in body ? (body.data as object) : {}) },
})

const callbacksOf = (id: string) =>
  Object.entries(adapters.find((adapter) => adapter.id === id)!.operations).flatMap(([form, binding]) => {
    const codec = 'callback' in binding ? binding.callback : undefined
    return codec === undefined ? [] : [{ form: form as TaskForm, codec }]
  })

describe.each(['kie', 'apibox'])('%s', (id) => {
  it.each(callbacksOf(id))('$form', ({ codec }) => {
    for (const place of PLACES) {
      const body = strange(place)
      expect(z.safeDecode(codec, body).success).toBe(false)
      expect(taskNamedIn(codec, body)).toBe(ID)
    }
    for (const body of NAMELESS) expect(taskNamedIn(codec, body)).toBe(null)
  })
})

// Of one form of it no page says what its callbacks look like: they are taken for its records, which name the task.
const nameless = callbacksOf('udioapi').filter(({ form }) => form !== 'generateMinimax')

it.each(nameless)('udioapi names no task: $form', ({ codec }) => {
  for (const body of [...PLACES, { workId: ID }, { data: { task_id: ID, response_data: [{ id: ID }] } }])
    expect(taskNamedIn(codec, body)).toBe(null)
})

it('is the same that the whole message says, in every callback on record', () => {
  const paths = globSync('adapters/*/fixtures/*/callback-*.json', { cwd: ROOT })
  expect(paths.length).toBeGreaterThan(300)
  for (const path of paths) {
    const [, id, , form] = path.split('/')
    const codec = callbacksOf(id!).find((each) => each.form === form)?.codec
    const { wire } = JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as { wire: unknown }
    const said = codec && z.safeDecode(codec, wire)
    if (said?.success) expect(taskNamedIn(codec!, wire) ?? null, path).toBe(said.data.provider_task_id)
  }
})
