/** The reference: a bare Hono app that passes a request on over undici's Pool, and nothing else. */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { Pool } from 'undici'

const pool = new Pool(process.env.UPSTREAM!, { connections: 128 })
const app = new Hono()
app.get('/healthz', (c) => c.text('ok'))
app.post('*', async (c) => {
  const body = await c.req.text()
  const answer = await pool.request({
    method: 'POST',
    path: '/api/v1/generate/get-timestamped-lyrics',
    headers: { 'content-type': 'application/json', authorization: 'Bearer x' },
    body: body === '' ? '{"taskId":"x","audioId":"x"}' : body,
  })
  return c.body(await answer.body.text(), answer.statusCode as 200, { 'content-type': 'application/json' })
})
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) })
