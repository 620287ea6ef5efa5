/** The network and the providers behind it: requests take time, are taken or not, and are answered in every way there is. */
import type { Transport, UpstreamAnswer, UpstreamRequest } from '../src/engine/ports.ts'
import type { Agenda } from './agenda.ts'
import { CALL, PROPER, READ, SUBMIT, say, type Twist, UNTRUE } from './answers.ts'
import type { Epoch } from './epoch.ts'
import type { Faults } from './faults.ts'
import { type Job, newJob, type Proof, stageAt } from './jobs.ts'
import type { Judge } from './judge.ts'
import type { Ledger } from './ledger.ts'
import { FAKES, type Fake } from './providers.ts'
import type { Random } from './random.ts'
import { told } from './records.ts'
import type { Alive } from './storage.ts'

interface Parts {
  readonly agenda: Agenda
  readonly random: Random
  readonly faults: Faults
  readonly judge: Judge
  readonly ledger: Ledger
  readonly epoch: Epoch
  /** A provider has taken a job, and will ring. */
  readonly taken: (job: Job) => void
}

interface Request {
  readonly fake: Fake
  readonly key: string
  readonly url: URL
  readonly body: Readonly<Record<string, unknown>>
  readonly timeoutMs: number
}

const FORMS: Readonly<Record<string, string>> = {
  '/songs': 'generateMusic',
  '/more': 'extendMusic',
  '/further': 'extendAudio',
  '/lyrics': 'writeLyrics',
}

const requestOf = ({ url: address, headers, body, timeoutMs }: UpstreamRequest): Request => {
  const url = new URL(address)
  return {
    fake: FAKES.find(({ adapter }) => adapter.origins.api === url.origin)!,
    key: headers.authorization!.replace('Bearer ', ''),
    url,
    body: body === null ? {} : JSON.parse(body),
    timeoutMs,
  }
}

export type Network = ReturnType<typeof network>

export const network = ({ agenda, random, faults, judge, ledger, epoch, taken }: Parts) => {
  const latency = () => random.between(5, 400)
  let count = 0

  /** Lets one request happen: it arrives, it may be taken, and what is said comes back to whoever still lives. */
  const exchange = (
    { fake, timeoutMs }: Request,
    alive: Alive,
    twist: Twist,
    take: () => UpstreamAnswer,
    proved: (proof: Proof) => void,
  ): Promise<UpstreamAnswer> =>
    new Promise((resolve, reject) => {
      const takes = twist.takes === 'yes' || (twist.takes === 'maybe' && random.chance(0.5))
      const there = latency()
      const seconds = random.between(1, 25)
      const back =
        twist.pace === 'silent'
          ? timeoutMs - there
          : twist.pace === 'slow'
            ? random.between(timeoutMs >> 2, timeoutMs - 500)
            : latency()
      agenda.after(there, () => {
        const proper = takes ? take() : say(fake, 200, null)
        const said = twist.says(fake, proper, seconds)
        agenda.after(back, () => {
          if (!alive.yes) return
          proved(twist.proof)
          if (said === 'broken') reject(new Error('the transport broke'))
          else resolve(said)
        })
      })
    })

  const requireOwnTrack = ({ fake, key, url, body }: Request) => {
    const { words } = fake
    if (FORMS[url.pathname] !== 'extendMusic') return
    const source = ledger.jobs.get(String(body[words.job]))
    const own = source?.fake === fake && source.key === key && `${body[words.key]}`.startsWith(source.id)
    judge.expect(own, () => `${body[words.job]} was extended at ${fake.adapter.id} by a key that did not make it`)
  }

  const submit = (request: Request, alive: Alive): Promise<UpstreamAnswer> => {
    const { fake, key, url, body } = request
    const { words, adapter } = fake
    const marker = String(body[words.name] ?? body.idea)
    const ring = typeof body[words.ring] === 'string' ? (body[words.ring] as string) : null
    epoch.submits(adapter, key, ledger.stored(marker)?.attempts.at(-1)?.created_at ?? 0)
    requireOwnTrack(request)
    const fault = faults.draw('submit')
    const sent = ledger.sending(marker, adapter.id, `${key}-id`, ring, fault === UNTRUE)
    if (fault !== null) faults.count('submit', fault)
    judge.note(() => `${marker} is sent to ${adapter.id}: ${fault ?? 'fine'}`)
    const take = () => {
      count += 1
      const wanted = faults.draw('job')
      // A song of words alone has no second track that could fail.
      const form = FORMS[url.pathname]!
      const jobFault = wanted === 'one track failed' && form === 'writeLyrics' ? null : wanted
      if (jobFault !== null) faults.count('job', jobFault)
      const known = { id: `${adapter.id}-${count}`, fake, key, form, path: url.pathname, marker, ring }
      const job = newJob(known, random, jobFault, agenda.now())
      ledger.took(sent, job)
      taken(job)
      return say(fake, 200, { [words.job]: job.id })
    }
    return exchange(request, alive, fault === null ? PROPER : SUBMIT[fault], take, (proof) => {
      sent.proof = proof
    })
  }

  const read = (request: Request, alive: Alive): Promise<UpstreamAnswer> => {
    const { fake, key, url } = request
    const job = ledger.jobs.get(url.searchParams.get(fake.words.job) ?? '')
    if (job === undefined || job.key !== key || job.fake !== fake) {
      judge.complain(`${url.search} was read at ${fake.adapter.id} with ${key} and is not there`)
      return Promise.resolve(say(fake, 404, null))
    }
    epoch.reads(job, ledger.isOver(job))
    const fault = faults.draw('read')
    const { says, pace, record } = fault === null ? {} : READ[fault]
    const twist: Twist = { ...PROPER, ...(pace ? { pace } : {}), ...(says ? { says } : {}) }
    if (fault !== null && record === undefined) faults.count('read', fault)
    const take = () => {
      const [answer, twisted] = told(job, agenda.now(), record)
      if (fault !== null && twisted) faults.count('read', fault)
      judge.note(() => `${job.id} is read: ${stageAt(job, agenda.now())} ${fault ?? ''}`)
      return answer
    }
    return exchange(request, alive, twist, take, () => {})
  }

  const words = (request: Request, alive: Alive): Promise<UpstreamAnswer> => {
    const { fake, body } = request
    const index = Number(body.index)
    const job = ledger.jobs.get(String(body[fake.words.job]))!
    const purchase = ledger.buying(job, index)
    const refusal = faults.draw('call')
    const own = refusal === 'not ready' || refusal === 'no lyrics' ? refusal : null
    const drawn = own === null ? faults.draw('submit') : null
    // Nothing rings for a call: such a lie never comes out.
    const fault = drawn === UNTRUE ? null : drawn
    if (own !== null) faults.count('call', own)
    if (fault !== null) faults.count('submit', fault)
    const twist = own !== null ? CALL[own] : fault === null ? PROPER : SUBMIT[fault]
    const take = () => {
      purchase.taken = true
      const text = `${job.id} ${index} ${job.purchases[index]!.length}`
      return say(fake, 200, { words: [{ text, from: 0, to: 1, found: true }], wave: [0, 1] })
    }
    return exchange(request, alive, twist, take, (proof) => {
      purchase.proof = proof
    })
  }

  /** What one process can reach of the world. */
  return (alive: Alive): Transport =>
    (asked) => {
      if (!alive.yes) return new Promise(() => {})
      const request = requestOf(asked)
      const { pathname } = request.url
      if (pathname.endsWith('/one')) return read(request, alive)
      if (pathname === '/words') return words(request, alive)
      if (pathname in FORMS) return submit(request, alive)
      judge.complain(`${request.fake.adapter.id} was asked for ${pathname}`)
      return Promise.resolve({ kind: 'lost', detail: 'nowhere' })
    }
}
