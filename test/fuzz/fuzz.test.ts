/** The fuzz, as far as there is time for it in every run, and what it would be blind to if it were wrong. */
import { beforeAll, describe, expect, it, test } from 'vitest'
import { type Law, lawOf, readDocument } from '../law/law.ts'
import { chance } from './chance.ts'
import type { Draft } from './draft.ts'
import { type Actor, canaryOf, type Knowledge, knowledge } from './known.ts'
import { fuzz, report } from './run.ts'
import { shrunk } from './shrink.ts'
import { expecting, judging } from './verdict.ts'

const REQUESTS = 20_000
const SEED = 20_261_121

test('twenty thousand requests from the document: none is answered against it, and no project sees another', async () => {
  const { faults, internal, unreached, counts, sent } = await fuzz({ requests: REQUESTS, seed: SEED, lanes: 8 })
  expect(faults.map(report).join('\n\n'), `seed ${SEED}: npm run fuzz -- --requests ${sent}`).toBe('')
  expect(internal).toEqual([])
  // The net is only worth something if all kinds of answers are caught in it.
  expect(sent).toBe(REQUESTS)
  expect(unreached).toEqual([])
  for (const status of [200, 202, 302, 400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429])
    expect([status, (counts[status] ?? 0) > 0]).toEqual([status, true])
}, 180_000)

describe('a judge', () => {
  const north: Actor = { name: 'north all', key: 'key', project: 'north', scopes: ['create', 'read'], limited: false }
  const TASK = 'task_01JD3W8Q4T7X2M5N9P6R0S1V30'
  const THEIRS = 'task_01JD3W8Q4T7X2M5N9P6R0S1V31'
  const SONG = { mode: 'compose', title: 't', style: 's', lyrics: 'l' }
  let law: Law
  let known: Knowledge
  beforeAll(() => {
    law = lawOf(readDocument())
    known = knowledge()
    known.learn('north', [TASK])
    known.learn('south', [THEIRS])
    known.deleted('/v1/webhook-endpoints/whk_01JD3W8Q4T7X2M5N9P6R0S1V3E', 1)
  })
  const said = (sent: Partial<Draft>, status: number, text: unknown = {}) => {
    const draft: Draft = { actor: north, method: 'GET', path: `/v1/tasks/${TASK}`, headers: {}, body: null, ...sent }
    const expected = expecting(law, known)(draft, 'http://127.0.0.1')
    const answered = { status, headers: new Headers(), text: typeof text === 'string' ? text : JSON.stringify(text) }
    return judging(known)({ draft, expected, answered }).join('; ')
  }
  const posts = (body: unknown, headers: Record<string, string> = {}): Partial<Draft> => ({
    method: 'POST',
    path: '/v1/music/generations',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const nobody: Actor = { name: 'nobody', key: null, project: null, scopes: [], limited: false }

  it.each([
    ['what is in order', {}, 200, ''],
    [
      'what is refused for good reason',
      posts({ ...SONG, mode: 'sing' }),
      422,
      { code: 'validation_failed', errors: [] },
    ],
    [
      'what only a provider refuses',
      posts(SONG),
      422,
      { code: 'validation_failed', errors: [{ code: 'required', detail: 'kie (v5): is required here' }] },
    ],
    ['a stranger who is refused', { actor: nobody }, 401, {}],
    ['an id that was asked for', { path: `/v1/tasks/${THEIRS}` }, 404, { detail: `There is no task ${THEIRS}` }],
  ] as const)('lets pass %s', (_, sent, status, text) => expect(said(sent as Partial<Draft>, status, text)).toBe(''))

  it.each([
    ['an error of ours', {}, 500, {}, /^500/],
    ['a stranger who is let in', { actor: nobody }, 200, {}, /401 is due/],
    ['a good key that is refused', {}, 401, {}, /401 for a key that is good/],
    ['a key without the scope', { path: '/v1/keys' }, 200, {}, /403 is due/],
    [
      'an invalid body that is taken',
      posts({ ...SONG, mode: 'sing' }),
      202,
      {},
      /taken although the body is not valid/,
    ],
    ['an invalid query that is taken', { path: '/v1/tasks?limit=0' }, 200, {}, /taken although query limit/],
    ['a parameter that is sent twice', { path: '/v1/tasks?limit=1&limit=2' }, 200, {}, /sent twice/],
    [
      'a valid body that is refused',
      posts(SONG),
      422,
      { code: 'validation_failed', errors: [{ code: 'too_big', detail: 'x' }] },
      /the document takes it/,
    ],
    ['a media type that is refused', posts(SONG), 415, { code: 'unsupported_media_type' }, /the document takes it/],
    ['a text of others', {}, 200, { title: canaryOf('south') }, /a text of south was told to north/],
    ['an id of others', {}, 200, { id: THEIRS }, /of south was told to north/],
    ['a task of others', { path: `/v1/tasks/${THEIRS}` }, 200, {}, /of another project was taken/],
    [
      'what was deleted',
      { path: '/v1/webhook-endpoints/whk_01JD3W8Q4T7X2M5N9P6R0S1V3E', actor: { ...north, scopes: ['webhooks'] } },
      200,
      {},
      /was deleted, and is there/,
    ],
    ['nothing new for who has nothing', {}, 304, '', /304/],
  ] as const)('sees %s', (_, sent, status, text, fault) =>
    expect(said(sent as Partial<Draft>, status, text)).toMatch(fault),
  )

  it('remembers what an Idempotency-Key made', () => {
    const again = { 'idempotency-key': 'again' }
    expect(said(posts(SONG, again), 202, { id: TASK })).toBe('')
    expect(said(posts({ lyrics: 'l', style: 's', title: 't', mode: 'compose' }, again), 202, { id: TASK })).toBe('')
    expect(said(posts(SONG, again), 202, { id: 'task_2' })).toMatch(/made task_01\S+ and task_2/)
    expect(said(posts({ ...SONG, title: 'u' }, again), 202, { id: TASK })).toMatch(/taken for another request/)
  })
})

describe('a run', () => {
  it('draws the same from the same seed', () => {
    const draws = (seed: number) => Array.from({ length: 50 }, (_, index) => chance(seed, index).below(1000))
    expect(draws(1)).toEqual(draws(1))
    expect(draws(1)).not.toEqual(draws(2))
    expect(new Set(draws(1)).size).toBeGreaterThan(40)
  })

  it('makes what went wrong as small as it stays wrong', async () => {
    const body = JSON.stringify({ a: [{ b: 1, bad: true }, 2], c: 'x' })
    const draft: Draft = { actor: {} as Actor, method: 'POST', path: '/v1/x?y=1', headers: { prefer: 'wait=1' }, body }
    const small = await shrunk(draft, async (each) => each.body?.includes('bad') ?? false)
    expect([small.path, small.headers.prefer, small.body]).toEqual(['/v1/x', undefined, '{"a":[{"bad":true}]}'])
  })
})
