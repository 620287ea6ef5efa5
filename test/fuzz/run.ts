/** The fuzz: so many requests of two projects and of strangers at one gateway, each answer judged. */
import { Buffer } from 'node:buffer'
import { SCOPES } from '../../src/canonical/key.ts'
import { adapters } from '../../src/registry.ts'
import { KEY, startHarness } from '../harness.ts'
import { type Answered, lawOf, readDocument } from '../law/law.ts'
import { chance } from './chance.ts'
import { type Draft, drafting } from './draft.ts'
import { type Actor, idsIn, knowledge, ROOT, tasksIn } from './known.ts'
import { shrunk } from './shrink.ts'
import { expecting, judging } from './verdict.ts'

export interface FuzzOptions {
  readonly requests: number
  readonly seed: number
  /** Requests under way at once. */
  readonly lanes?: number
  /** Ends after so many different faults. */
  readonly enough?: number
  readonly tell?: (line: string) => void
}

export interface Fault {
  readonly index: number
  readonly faults: readonly string[]
  /** The request, as small as the fault stays. */
  readonly draft: Draft
}

/** One in so many is sent over a socket. */
const OVER_HTTP = 25
/** A key good for one project and no more is replaced once it was revoked or rotated. */
const PLANTED = ['north', 'south'] as const

/** On a busy machine an answer may take its time: it counts as none after much longer. */
const PATIENT = { submitTimeout: 30_000, readTimeout: 30_000 }

export const fuzz = async ({ requests, seed, lanes = 4, enough = 10, tell = () => {} }: FuzzOptions) => {
  const law = lawOf(readDocument())
  const known = knowledge()
  const harness = await startHarness({ settings: { localUrls: false, ...PATIENT } })
  const draft = drafting(
    law,
    known,
    adapters.map(({ id }) => id),
  )
  const expect = expecting(law, known)
  const judge = judging(known)

  let turn = 0
  const planted = new Map<string, { actor: Actor; id: string }>()
  const plant = async (wanted: Omit<Actor, 'key'>) => {
    turn += 1
    const { name, project, scopes, limited } = wanted
    const key = `tutti_test_fuzz_${turn}_`.padEnd(40, '0')
    const limits = limited ? { requests_per_minute: 30, concurrent_tasks: 3 } : {}
    await harness.addKey(key, project!, { scopes: scopes as never, name, limits })
    const headers = { authorization: `Bearer ${key}` }
    const answer = await harness.ask(new Request(`${harness.here}/v1/key`, { headers }))
    const { id } = (await answer.json()) as { id: string }
    planted.set(name, { actor: { ...wanted, key }, id })
    known.learn(project!, [id])
  }
  for (const project of PLANTED) {
    await plant({ name: `${project} all`, project, scopes: SCOPES, limited: false })
    await plant({ name: `${project} reader`, project, scopes: ['read'], limited: false })
    await plant({ name: `${project} slow`, project, scopes: SCOPES, limited: true })
  }
  const root: Actor = { name: 'root', key: KEY, project: ROOT, scopes: SCOPES, limited: false, root: true }
  const nobody: Actor = { name: 'nobody', key: null, project: null, scopes: [], limited: false }
  const stranger: Actor = { ...nobody, name: 'stranger', key: 'tutti_test_fuzzstranger'.padEnd(40, '0') }
  /** Keys that were made by requests. */
  let made: Actor[] = []

  const asker = ({ weighed, pick, often }: ReturnType<typeof chance>): Actor => {
    if (made.length > 0 && often(0.06)) return pick(made)
    const name = weighed(
      [38, 'north all'],
      [38, 'south all'],
      [3, 'north reader'],
      [3, 'south reader'],
      [2, 'north slow'],
      [2, 'south slow'],
      [7, 'root'],
      [4, 'nobody'],
      [3, 'stranger'],
    )
    return name === 'root'
      ? root
      : name === 'nobody'
        ? nobody
        : name === 'stranger'
          ? stranger
          : planted.get(name)!.actor
  }

  const requestOf = ({ method, path, headers, body }: Draft) =>
    new Request(`${harness.here}${path}`, { method, headers, ...(body === null ? {} : { body }), redirect: 'manual' })

  /** Over a socket once more where it broke: it may have been an old one. Null where that breaks as well. */
  const overSocket = async (sent: Draft): Promise<Response | null> => {
    for (const _ of [1, 2]) {
      const answer = await harness.raw(requestOf(sent)).catch(() => null)
      if (answer !== null) return answer
    }
    return null
  }

  const send = async (sent: Draft, overHttp: boolean): Promise<Answered | null> => {
    const answer = overHttp ? await overSocket(sent) : await harness.ask(requestOf(sent))
    if (answer === null) return null
    const { status, headers } = answer
    if (headers.get('content-type')?.startsWith('text/event-stream')) {
      await answer.body?.cancel()
      return { status, headers, text: null }
    }
    return { status, headers, text: await answer.text() }
  }

  const counts: Record<string, number> = {}
  const reached = new Set<string>()
  const taken = new Set<string>()

  /** Sends a request, learns from its answer, and says what is wrong with it. */
  const attempt = async (sent: Draft, index: number, overHttp: boolean): Promise<readonly string[]> => {
    const expected = expect(sent, harness.here)
    known.mention(idsIn(`${sent.path} ${sent.body ?? ''}`))
    const answered = await send(sent, overHttp)
    if (answered === null) return ['it was not answered, twice']
    const { status, headers, text } = answered
    counts[status] = (counts[status] ?? 0) + 1
    const { told } = expected
    if (told !== undefined) reached.add(told.operationId)
    if (told !== undefined && status < 400) taken.add(told.operationId)
    const each = { draft: sent, expected, answered }
    const path = new URL(sent.path, harness.here).pathname
    const lawless = law.judge({ method: sent.method, path }, answered)
    const faults = [...lawless, ...judge(each)]

    const administers = sent.actor.root && expected.needs?.includes('keys')
    if (status < 400 && sent.actor.project !== null && expected.needs !== null && text !== null && !administers) {
      known.learn(sent.actor.project, idsIn(text))
      if (text !== '' && headers.get('content-type') === 'application/json')
        for (const task of tasksIn(JSON.parse(text))) known.learnTask(sent.actor.project, task)
    }
    if (status < 400 && sent.method === 'DELETE') known.deleted(path, index)
    if (told?.operationId === 'createKey' && status === 200) {
      const key = JSON.parse(text!) as { key: string; project: string; id: string; scopes: string[] }
      known.learn(key.project, [key.id])
      made = [
        ...made.slice(-15),
        { name: `made ${key.id}`, key: key.key, project: key.project, scopes: key.scopes, limited: true },
      ]
    }
    return faults
  }

  const found = new Map<string, Fault>()
  /** The same fault is told once: ids and figures aside. */
  const kindOf = (told: string | undefined, faults: readonly string[]) =>
    `${told} ${faults.map((fault) => fault.replace(/[a-z]+_[0-9A-Z]{26,27}|\d+/g, '#').slice(0, 120)).join()}`

  const step = async (index: number) => {
    const luck = chance(seed, index)
    const actor = asker(luck)
    const sent = draft(actor, luck)
    const overHttp = index % OVER_HTTP === 0
    // Whoever asks for the end of a planted key may get it: it is replaced, and not judged any more.
    const ended = /\/v1\/keys\/(key_[0-9A-Z]{26})/.exec(sent.path)?.[1]
    const victim = [...planted.values()].find(({ id }) => id === ended)?.actor
    if (victim !== undefined) {
      known.end(victim.key!)
      await plant(victim)
    }
    const faults = await attempt(sent, index, overHttp)
    if (faults.length === 0) return
    const kind = kindOf(expect(sent, harness.here).told?.operationId, faults)
    if (found.has(kind)) return
    found.set(kind, { index, faults, draft: sent })
    const small = await shrunk(sent, async (smaller) => {
      const again = await attempt(smaller, index, overHttp).catch(() => [])
      return kindOf(expect(smaller, harness.here).told?.operationId, again) === kind
    })
    found.set(kind, { index, faults, draft: small })
    tell(report({ index, faults, draft: small }))
  }

  let next = 0
  let over = false
  const lane = async () => {
    while (!over && next < requests && found.size < enough) {
      const index = next++
      await step(index)
      if (index > 0 && index % 10_000 === 0) tell(`${index} requests, ${known.size()} ids, ${found.size} faults`)
    }
  }
  const since = performance.now()
  try {
    await Promise.all(Array.from({ length: lanes }, lane))
  } finally {
    over = true
    await harness.stop()
  }
  const internal = harness.logged.filter((line) => line.includes('internal_error') || line.includes('task.stumbled'))
  const operations = Object.values(law.document.paths).flatMap((methods) =>
    Object.values(methods).map((each) => each.operationId),
  )
  return {
    faults: [...found.values()],
    internal,
    counts,
    ids: known.size(),
    sent: next,
    seconds: (performance.now() - since) / 1000,
    unreached: operations.filter((id) => !reached.has(id)),
    untaken: operations.filter((id) => !taken.has(id)),
  }
}

/** A fault, with what it takes to see it again. */
export const report = ({ index, faults, draft: { actor, method, path, headers, body } }: Fault): string =>
  [
    `request ${index}, as ${actor.name}: ${faults.join('; ')}`,
    `  ${method} ${path}`,
    ...Object.entries(headers).map(
      ([name, text]) => `  ${name}: ${name === 'authorization' ? text.slice(0, 10) : text.slice(0, 200)}`,
    ),
    ...(body === null
      ? []
      : [`  ${body.length > 2000 ? `${body.slice(0, 2000)}… (${Buffer.byteLength(body)} bytes)` : body}`]),
  ].join('\n')
