/** The upstream of the benchmark: answers at once, in the first provider's documented words. Listens on loopback. */

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const fixture = (path: string): string =>
  JSON.stringify(
    JSON.parse(readFileSync(new URL(`../adapters/kie/fixtures/${path}.json`, import.meta.url), 'utf8')).wire,
  )

const LYRICS = fixture('alignLyrics/call-response-aligned')
const COMPLETE = fixture('generateMusic/poll-response-complete')
const tail = (count: number) => count.toString(16).padStart(32, '0')

let submits = 0
const server = createServer((request, response) => {
  const { url = '' } = request
  request.resume()
  request.on('end', () => {
    response.setHeader('content-type', 'application/json')
    if (url === '/submits') return response.end(String(submits))
    if (url === '/api/v1/generate') {
      submits += 1
      return response.end(`{"code":200,"msg":"success","data":{"taskId":"${tail(submits)}"}}`)
    }
    response.end(url.startsWith('/api/v1/generate/record-info') ? COMPLETE : LYRICS)
  })
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.env.PORT), '127.0.0.1')
