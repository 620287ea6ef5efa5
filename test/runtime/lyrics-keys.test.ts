/** One Idempotency-Key buys timed lyrics once, whichever tracks it is sent for. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harness, startHarness } from '../harness.ts'
import { expectProblem } from '../http/problem.ts'
import { align, make, readLyrics } from './songs.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const KIE = { routing: { provider: 'kie' } }
const UDIOAPI = { routing: { provider: 'udioapi' } }
const bought = async () => (await harness.ledgers()).by.kie!.alignments
const twoSongs = async () => Promise.all([make(harness, KIE), make(harness, KIE)])

test('sent for two tracks at once it buys one, and the other is to ask again', async () => {
  for (const key of ['at-once-1', 'at-once-2', 'at-once-3']) {
    const songs = await twoSongs()
    const before = await bought()
    const ask = (index: number) => align(harness, songs[index]!.tracks[0]!.id, { 'idempotency-key': key })
    const answers = await Promise.all([ask(0), ask(1)])
    expect((await bought()) - before).toBe(1)
    const first = answers.findIndex(({ status }) => status === 200)
    expect((await readLyrics(answers[first]!)).track_id).toBe(songs[first]!.tracks[0]!.id)
    const other = answers[1 - first]!
    if (other.status === 409) await expectProblem(other, { status: 409, code: 'not_ready', retryable: true })
    else await expectProblem(other, { status: 422, code: 'idempotency_key_reused' })
    await expectProblem(await ask(1 - first), { status: 422, code: 'idempotency_key_reused' })
    expect((await ask(first)).status).toBe(200)
    expect((await bought()) - before).toBe(1)
  }
})

test('whose lyrics were deleted with their song buys no others', async () => {
  const [one, other] = await twoSongs()
  const key = { 'idempotency-key': 'deleted' }
  const before = await bought()
  expect((await align(harness, one.tracks[0]!.id, key)).status).toBe(200)
  expect((await harness.call(`/v1/tasks/${one.id}`, { method: 'DELETE' })).status).toBe(200)
  const answer = await align(harness, other.tracks[0]!.id, key)
  await expectProblem(answer, { status: 410, code: 'task_deleted' })
  expect((await bought()) - before).toBe(1)
})

test('that bought nothing can be sent for another track', async () => {
  const songs = [await make(harness, UDIOAPI), await make(harness, UDIOAPI)]
  const ask = (index: number) => align(harness, songs[index]!.tracks[0]!.id, { 'idempotency-key': 'nothing' })
  await harness.fault('udioapi', 'not_ready', 1)
  await expectProblem(await ask(0), { status: 409, code: 'not_ready', retryable: true })
  expect((await ask(1)).status).toBe(200)
  expect((await harness.ledgers()).by.udioapi!.alignments).toBe(1)
})
