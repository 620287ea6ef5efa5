/** A file of one's own, sent by the client to a gateway. How it is sent again: retry.test.ts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTutti, TuttiError } from '../../openapi/client/index.ts'
import { type Harness, KEY, startHarness } from '../harness.ts'

const SOUND = Uint8Array.from({ length: 3000 }, (_, index) => index % 256)
const TAKE = new File([SOUND], 'take1.mp3', { type: 'audio/mpeg' })

describe('through a gateway', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await startHarness({ only: ['kie'] })
  })
  afterAll(() => harness.stop())

  test('a file is an upload of its name and size, which a song can be made from', async () => {
    const tutti = createTutti({ baseUrl: harness.here, key: KEY })
    const upload = await tutti.uploadFile(TAKE)
    expect(upload).toMatchObject({ object: 'upload', file_name: 'take1.mp3', size_bytes: SOUND.length })
    const { id } = await tutti.coverMusic({
      body: { description: 'as a waltz', source: { upload_id: upload.id } },
    })
    expect((await tutti.waitForTask(id)).status).toBe('succeeded')
  })

  test('a blob takes the name that is given', async () => {
    const tutti = createTutti({ baseUrl: harness.here, key: KEY })
    const upload = await tutti.uploadFile(new Blob([SOUND]), { fileName: 'take2.wav' })
    expect(upload.file_name).toBe('take2.wav')
  })

  test('the same key is the same upload', async () => {
    const tutti = createTutti({ baseUrl: harness.here, key: KEY })
    const first = await tutti.uploadFile(TAKE, { idempotencyKey: 'take-1' })
    expect(await tutti.uploadFile(TAKE, { idempotencyKey: 'take-1' })).toEqual(first)
  })

  test('what the gateway refuses is its problem', async () => {
    const tutti = createTutti({ baseUrl: harness.here, key: KEY })
    const refused = tutti.uploadFile(new File([], 'nothing.mp3'))
    await expect(refused).rejects.toThrow(TuttiError)
    await expect(refused).rejects.toMatchObject({ code: 'validation_failed' })
  })
})
