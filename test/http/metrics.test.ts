/** /metrics: what Prometheus reads, and who may. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, RUNTIME, startHarness } from '../harness.ts'
import { make } from '../runtime/songs.ts'
import { expectProblem } from './problem.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const LINE = /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [-+0-9.e]+)$/

describe('/metrics', () => {
  test('needs a key', async () => {
    await expectProblem(await harness.call('/metrics', { key: null }), { status: 401, code: 'missing_api_key' })
  })

  test('tells requests, attempts, times, queue and the state of every key in the form of Prometheus', async () => {
    await harness.fault('kie', 'no_credits', 1)
    const song = { routing: { order: ['kie', 'apibox'] } }
    await make(harness, song)
    await harness.call('/v1/tasks/nothing')
    const answer = await harness.call('/metrics')
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const told = await answer.text()
    for (const line of told.trimEnd().split('\n')) expect(line).toMatch(LINE)
    // What is said of a family stands together.
    const families = [...told.matchAll(/^# TYPE (\w+)/gm)].map(([, family]) => family)
    expect(new Set(families).size).toBe(families.length)
    // Where the health of providers is judged in many places, the place is told.
    expect(told.includes('tutti_attempts_total{region="local",provider="kie"')).toBe(RUNTIME === 'workers')
    const text = told.replaceAll('region="local",', '')
    // A Worker has many copies, and none of them knows what the others were asked: Cloudflare counts that.
    const counts = RUNTIME === 'node'
    expect(text.includes('tutti_http_requests_total{operation="generateMusic",status="202"} 1\n')).toBe(counts)
    expect(text.includes('tutti_http_requests_total{operation="getTask",status="404"} 1\n')).toBe(counts)
    expect(text).toContain('tutti_attempts_total{provider="kie",operation="generateMusic",outcome="refused"} 1\n')
    expect(text).toContain('tutti_attempts_total{provider="apibox",operation="generateMusic",outcome="accepted"} 1\n')
    expect(text).toContain('tutti_tasks_ended_total{operation="generateMusic",status="succeeded"} 1\n')
    expect(text).toContain('tutti_submit_seconds_count{provider="apibox"} 1\n')
    expect(text).toContain('tutti_render_seconds_bucket{provider="apibox",operation="generateMusic",le="+Inf"} 1\n')
    expect(text).toContain('tutti_tasks_queued 0\n')
    expect(text).toContain('tutti_outcomes_unknown 0\n')
    expect(text).toMatch(/tutti_provider_state\{provider="kie",credential="kie-[0-9a-f]+",state="no_credits"\} 1\n/)
    const buckets = [...text.matchAll(/tutti_submit_seconds_bucket\{provider="apibox",le="[^"]+"\} (\d+)/g)]
    const sums = buckets.map(([, count]) => Number(count))
    expect(sums).toEqual([...sums].sort((a, b) => a - b))
  })
})
