/** How a wrong field is told: by a word for what is wrong with it, and with what may stand there. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harness, SONG, startHarness } from '../harness.ts'
import { expectProblem } from './problem.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ settings: { paused: true } })
})
afterAll(async () => {
  await harness.stop()
})

const SOURCE = { audio_url: 'https://cdn.example.com/demo.mp3' }
const SOURCES = 'must be one of {"track_id": …}, {"audio_url": …}, {"upload_id": …}'
const MODES = 'must be one of "describe", "compose"'
const SEPARATIONS = 'must be one of "vocals", "stems", "stem"'
const { mode: _, ...MODELESS } = SONG

test.each<[string, unknown, string, string, string]>([
  ['/v1/music/generations', MODELESS, '/mode', 'required', `is required, and ${MODES}`],
  ['/v1/music/generations', { ...SONG, mode: 'sing' }, '/mode', 'value_unknown', MODES],
  ['/v1/music/generations', { ...SONG, mode: null }, '/mode', 'value_unknown', MODES],
  ['/v1/stems', { separation: 'vocals' }, '/source', 'required', `is required, and ${SOURCES}`],
  ['/v1/stems', { source: 'track_1', separation: 'vocals' }, '/source', 'wrong_type', SOURCES],
  ['/v1/stems', { source: null, separation: 'vocals' }, '/source', 'wrong_type', SOURCES],
  ['/v1/stems', { source: {}, separation: 'vocals' }, '/source', 'value_unknown', SOURCES],
  ['/v1/stems', { source: SOURCE }, '/separation', 'required', `is required, and ${SEPARATIONS}`],
  ['/v1/stems', { source: SOURCE, separation: 'all' }, '/separation', 'value_unknown', SEPARATIONS],
  ['/v1/styles/enhancements', {}, '/style', 'required', 'is required'],
  [
    '/v1/keys',
    { name: 'one', expires_at: 'tomorrow' },
    '/expires_at',
    'invalid_format',
    'must be a time in UTC such as 2026-11-21T09:30:00.000Z',
  ],
])('%s with %j', async (path, body, pointer, code, detail) => {
  const wanted = { status: 422, code: 'validation_failed', pointers: [pointer], entries: [code] }
  const { errors } = await expectProblem(await harness.post(path, body), wanted)
  expect(errors!.find((each) => each.pointer === pointer)).toEqual({ pointer, code, detail })
})

test('the bootstrap key says of itself why it can not be revoked or rotated', async () => {
  const { id } = (await (await harness.call('/v1/key')).json()) as { id: string }
  const revoked = await harness.call(`/v1/keys/${id}`, { method: 'DELETE' })
  for (const answer of [revoked, await harness.post(`/v1/keys/${id}/rotate`, {})]) {
    const { detail } = await expectProblem(answer, { status: 404, code: 'not_found' })
    expect(detail).toContain('bootstrap key')
    expect(detail).toContain('TUTTI_API_KEY')
  }
})
