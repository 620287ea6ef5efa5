/** Errors as a program sees them: a word to act on, and what is known about the money. */
import { afterAll, beforeAll, expect, expectTypeOf, test } from 'vitest'
import { createTutti, type ErrorCode, type FieldError, type Tutti, TuttiError } from '../../openapi/client/index.ts'
import { ERROR_CODES } from '../../src/canonical/error.ts'
import { type Harness, KEY, SONG, startHarness } from '../harness.ts'

let harness: Harness
let tutti: Tutti
beforeAll(async () => {
  harness = await startHarness({ only: ['udioapi'] })
  tutti = createTutti({ baseUrl: harness.here, key: KEY })
})
afterAll(() => harness.stop())

const failure = async (call: Promise<unknown>): Promise<TuttiError> => {
  const error = await call.then(
    () => null,
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(TuttiError)
  return error as TuttiError
}

const UNKNOWN = 'task_01JD3W8Q4T7X2M5N9P6R0S1V30'

test('a refused field is named', async () => {
  const error = await failure(tutti.generateMusic({ body: { ...SONG, title: '' } }))
  expect(error).toMatchObject({ code: 'validation_failed', status: 422, retryable: false, mayHaveBeenCharged: false })
  expect(error.errors.map(({ pointer }) => pointer)).toEqual(['/title'])
  expect(error.requestId).toMatch(/^req_/)
  expect(error.message).toContain('validation_failed')
})

test('what is not there, and who is not known', async () => {
  expect(await failure(tutti.getTask({ path: { task_id: UNKNOWN } }))).toMatchObject({ code: 'not_found', status: 404 })
  const stranger = createTutti({ baseUrl: harness.here, key: 'tutti_test_stranger00000000000000000' })
  expect(await failure(stranger.listTasks())).toMatchObject({ code: 'invalid_api_key', status: 401 })
})

test('what no provider can do is refused before anything is spent', async () => {
  const error = await failure(tutti.generateSound({ body: { description: 'rain' } }))
  expect(error.status).toBe(422)
  expect(error.mayHaveBeenCharged).toBe(false)
})

test('a task that failed is answered, not thrown', async () => {
  await harness.fault('udioapi', 'no_credits')
  const { id } = await tutti.generateMusic({ body: SONG })
  const task = await tutti.waitForTask(id)
  await harness.fault('udioapi', null)
  expect(task.status).toBe('failed')
  expect(task.error?.code).toBe('provider_credits_exhausted')
})

test('a task that has not changed is not told again', async () => {
  const { id } = await tutti.generateMusic({ body: SONG })
  await tutti.waitForTask(id)
  const tag = (await harness.call(`/v1/tasks/${id}`)).headers.get('etag')!
  const error = await failure(tutti.getTask({ path: { task_id: id }, headers: { 'If-None-Match': tag } }))
  expect(error).toMatchObject({ code: 'not_modified', status: 304, retryable: false, mayHaveBeenCharged: false })
})

test('nobody there is an error of its own', async () => {
  const nobody = createTutti({ baseUrl: 'http://127.0.0.1:9', key: KEY, retries: 0 })
  const error = await failure(nobody.listTasks())
  expect(error).toMatchObject({ code: 'connection_failed', status: 0, retryable: true, mayHaveBeenCharged: false })
})

test('codes are typed, and all of the gateway are among them', () => {
  expectTypeOf<TuttiError['errors']>().toEqualTypeOf<readonly FieldError[]>()
  const codes: readonly ErrorCode[] = ERROR_CODES
  expect(codes).toContain('submission_unconfirmed')
  // @ts-expect-error: a word that is none
  expect(codes).not.toContain('submission_uncertain' satisfies TuttiError['code'])
})
