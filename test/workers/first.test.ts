import { SELF } from 'cloudflare:test'
import { expect, it } from 'vitest'

const AUTH = { authorization: 'Bearer tutti_test_sandbox000000000000000000', 'content-type': 'application/json' }
it('makes a song', async () => {
  const answer = await SELF.fetch('http://127.0.0.1:8787/v1/music/generations', {
    method: 'POST',
    headers: { ...AUTH, prefer: 'wait=20' },
    body: JSON.stringify({ mode: 'compose', title: 'Rain', style: 'folk', lyrics: '[Verse]\nRain on the wire' }),
  })
  const body = (await answer.json()) as { status: string }
  expect(body.status).toBe('succeeded')
})
