/** Notes over HTTP: as JSON and as a file, and why there are none. */
import { Hono } from 'hono'
import { parseMidi } from 'midi-file'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MidiResult } from '../../src/canonical/createMidi.ts'
import type { Task } from '../../src/canonical/task.ts'
import { notesFile } from '../../src/http/midi.ts'
import { type Harness, SONG, startHarness } from '../harness.ts'
import { expectProblem } from './problem.ts'

let harness: Harness
let song: Task
let stems: Task
let notes: Task
const ask = async (path: string, body: object): Promise<Task> => (await harness.post(path, body)).json()
const done = async (path: string, body: object) => harness.ended((await ask(path, body)).id)
beforeAll(async () => {
  harness = await startHarness()
  song = await done('/v1/music/generations', { ...SONG, title: 'Rain ☔/..', routing: { provider: 'kie' } })
  const { id } = song.tracks[0]!
  stems = await done(`/v1/tracks/${id}/stems`, { separation: 'vocals' })
  notes = await done(`/v1/tracks/${id}/midi`, { stems_task_id: stems.id })
})
afterAll(() => harness.stop())

const read = (task: string, query = '', accept?: string) =>
  harness.call(`/v1/tasks/${task}/midi${query}`, accept === undefined ? {} : { headers: { accept } })

describe('notes', () => {
  test('are what the task shows, as JSON', async () => {
    for (const answer of [await read(notes.id), await read(notes.id, '?format=json', 'audio/midi')]) {
      expect([answer.status, answer.headers.get('vary')]).toEqual([200, 'Accept'])
      expect(await answer.json()).toEqual(notes.result)
    }
  })

  test.each([
    ['?format=mid', undefined],
    ['?format=mid', 'application/json'],
    ['', 'audio/midi'],
    ['', 'audio/*;q=0.9, application/json;q=0.1'],
  ])('are a file that other parsers read: %s %s', async (query, accept) => {
    const answer = await read(notes.id, query, accept)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'audio/midi'])
    expect(answer.headers.get('content-disposition')).toContain('filename="Rain _.mid"')
    const { header, tracks } = parseMidi(new Uint8Array(await answer.arrayBuffer()))
    const { instruments } = notes.result as MidiResult
    expect([header.format, tracks.length]).toEqual([1, instruments.length + 1])
    const struck = tracks.flat().filter(({ type }) => type === 'noteOn')
    expect(struck.length).toBeGreaterThan(10)
    expect(struck.length).toBeLessThanOrEqual(instruments.flatMap((each) => each.notes).length)
  })

  test('in another format are 406, with another parameter 422', async () => {
    const refused = await expectProblem(await read(notes.id, '?format=wav'), { status: 406, code: 'not_acceptable' })
    expect(refused.detail).toContain('json, mid')
    await expectProblem(await read(notes.id, '', 'text/html'), { status: 406, code: 'not_acceptable' })
    await expectProblem(await read(notes.id, '?page=2'), { status: 422, code: 'validation_failed' })
  })

  test('that are not there yet are 409', async () => {
    const slow = await ask(`/v1/tracks/${song.tracks[0]!.id}/midi`, { stems_task_id: stems.id })
    const answer = await read(slow.id, '?format=mid')
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    await expectProblem(answer, { status: 409, code: 'not_ready', retryable: true })
    await harness.ended(slow.id)
  })

  test('of what makes none, or failed, or is nobody’s, are 404 and say so', async () => {
    await harness.fault('kie', 'fails')
    const failed = await done(`/v1/tracks/${song.tracks[0]!.id}/midi`, { stems_task_id: stems.id })
    await harness.fault('kie', null)
    expect(failed.status).toBe('failed')
    for (const [id, said] of [
      [song.id, 'is a generateMusic task: only createMidi and transcribeStems make notes'],
      [stems.id, 'is a separateStems task'],
      [failed.id, 'it failed'],
      [`task_${'0'.repeat(26)}`, 'There is no task'],
      ['nothing', 'There is no task'],
    ] as const) {
      const problem = await expectProblem(await read(id, '?format=mid'), { status: 404, code: 'not_found' })
      expect(problem.detail).toContain(said)
    }
  })

  test('that were not found in the stems are 422', async () => {
    let refused: unknown
    const silent = { object: 'midi' as const, instruments: [{ name: 'Drums', notes: [] }] }
    const app = new Hono().get('/', (c) => notesFile(c, { midi: silent, title: null }, notes.id))
    app.onError((thrown, c) => {
      refused = thrown
      return c.body(null)
    })
    await app.request('/')
    expect(refused).toMatchObject({ code: 'midi_unavailable' })
  })
})
