/** Parts of files: what players ask for, and what nobody has to understand (RFC 9110, section 14). */
import { expect, it } from 'vitest'
import { adapters, mirrors } from '../../src/registry.ts'
import { inPart } from '../../src/sandbox/ranges.ts'
import { simulatedProvider } from './provider.ts'

const BYTES = Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7])
const asked = async (range: string | undefined, method = 'GET') => {
  const headers: Record<string, string> = range === undefined ? {} : { range }
  const whole = new Response(BYTES, { headers: { 'content-type': 'audio/wav' } })
  const answer = await inPart(new Request('http://here/song.wav', { method, headers }), whole)
  return { answer, bytes: [...new Uint8Array(await answer.arrayBuffer())] }
}

it.each([
  ['bytes=0-1', [0, 1], '0-1'],
  ['bytes=6-', [6, 7], '6-7'],
  ['bytes=6-99', [6, 7], '6-7'],
  ['bytes=-3', [5, 6, 7], '5-7'],
  ['bytes=-99', [...BYTES], '0-7'],
  ['Bytes=3-3', [3], '3-3'],
])('%s is a part', async (range, part, place) => {
  const { answer, bytes } = await asked(range)
  expect([answer.status, bytes]).toEqual([206, part])
  expect(answer.headers.get('content-range')).toBe(`bytes ${place}/8`)
  expect(answer.headers.get('content-type')).toBe('audio/wav')
})

it.each([undefined, 'bytes=2-1', 'bytes=-', 'bytes=a-b', 'bytes=0-1,4-5', 'bytes 0-1', 'items=0-1'])(
  '%s is the whole',
  async (range) => {
    const { answer, bytes } = await asked(range)
    expect([answer.status, answer.headers.get('accept-ranges'), bytes]).toEqual([200, 'bytes', [...BYTES]])
    expect(answer.headers.get('content-range')).toBeNull()
  },
)

it.each(['bytes=8-', 'bytes=9-10', 'bytes=-0'])('%s is beyond the end', async (range) => {
  const { answer, bytes } = await asked(range)
  expect([answer.status, answer.headers.get('content-range'), bytes]).toEqual([416, 'bytes */8', []])
})

it('is a matter of reading only', async () => {
  expect((await asked('bytes=0-1', 'HEAD')).answer.status).toBe(200)
})

it('is served of files that are there, and not of answers about them', async () => {
  const [kie] = adapters
  const provider = await simulatedProvider(kie!, (await mirrors()).kie!)
  const { call } = kie!.operations.uploadAudio!
  const kept = await provider.send(call, { content_base64: btoa('a song'), folder: 'x', file_name: 'a.mp3' })
  const { downloadUrl } = JSON.parse((kept as { body: string }).body).data
  const part = (url: string) => provider.upstream.fetch(new Request(url, { headers: { range: 'bytes=2-' } }))
  const answer = await part(downloadUrl)
  expect([answer.status, await answer.text()]).toEqual([206, 'song'])
  expect((await part(`${provider.origin}/assets/${'0'.repeat(32)}`)).status).toBe(404)
  provider.close()
})
