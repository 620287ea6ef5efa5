/**
 * The upstream of the bench of tasks in flight: takes songs in the third provider's documented words, says for so long
 * that they are not ready, and then that they are. It calls nobody back, and remembers when it was asked.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Job } from './jobs.ts'

const fixture = (path: string): string =>
  JSON.stringify(
    JSON.parse(
      readFileSync(new URL(`../adapters/udioapi/fixtures/generateMusic/${path}.json`, import.meta.url), 'utf8'),
    ).wire,
  )
const PENDING = fixture('poll-response-submitted')
const COMPLETE = fixture('poll-response-complete')
/** A song takes this long, and up to so much longer: in seconds. */
const [LEAST, SPREAD] = [Number(process.env.LEAST), Number(process.env.SPREAD)]
/** How long a poll waits for its answer, in milliseconds. */
const LATENCY = Number(process.env.LATENCY)
const GOLDEN = 0.618033988749895

const jobs = new Map<string, Job>()
let polls = 0

const accept = (): string => {
  const id = jobs.size.toString(16).padStart(32, '0')
  const now = Date.now()
  // Ends are spread evenly over the time, whatever the number of songs.
  const seconds = LEAST + SPREAD * ((jobs.size * GOLDEN) % 1)
  jobs.set(id, { id, accepted: now, finishes: now + seconds * 1000, polls: 0, asked: now, askedBefore: now })
  return `{"code":200,"message":"success","workId":"${id}","data":{"task_id":"${id}"}}`
}

const look = (id: string): string => {
  const now = Date.now()
  const job = jobs.get(id)!
  polls += 1
  jobs.set(id, { ...job, polls: job.polls + 1, asked: now, askedBefore: job.asked })
  return now >= job.finishes ? COMPLETE : PENDING
}

const server = createServer((request, response) => {
  const { method, url = '' } = request
  request.resume()
  request.on('end', () => {
    response.setHeader('content-type', 'application/json')
    if (url === '/healthz') return response.end('{}')
    if (url === '/jobs') return response.end(JSON.stringify([...jobs.values()]))
    if (url === '/counts') {
      const now = Date.now()
      const finished = [...jobs.values()].filter(({ finishes }) => finishes <= now).length
      return response.end(JSON.stringify({ accepted: jobs.size, finished, polls }))
    }
    if (method === 'POST') return response.end(accept())
    // The answer speaks of the moment when it is given.
    setTimeout(() => response.end(look(/[0-9a-f]{32}/.exec(url)![0])), LATENCY)
  })
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.env.PORT), '127.0.0.1')
