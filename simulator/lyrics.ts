/** Clients who buy timed lyrics: with one key, several, none, and again after every kind of answer. */
import { GatewayError } from '../src/engine/errors.ts'
import { taskId } from '../src/engine/ids.ts'
import { policy } from '../src/engine/policy.ts'
import type { Entropy } from '../src/engine/ports.ts'
import type { Agenda } from './agenda.ts'
import type { Signed } from './budgets.ts'
import type { Faults } from './faults.ts'
import { CUT, DOWN, type Gateway } from './gateway.ts'
import type { Judge } from './judge.ts'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'

interface Parts {
  readonly agenda: Agenda
  readonly random: Random
  readonly faults: Faults
  readonly judge: Judge
  readonly ledger: Ledger
  readonly gateway: Gateway
  readonly entropy: Entropy
}

const SECOND = 1000
const TRIES = 8

export type Buyer = ReturnType<typeof buyer>

export const buyer = ({ agenda, random, faults, judge, ledger, gateway, entropy }: Parts) => {
  /** What was told of a track: it never changes. */
  const told = new Map<string, string>()
  let keys = 0

  const callOf = async (project: string, key: string) => taskId(entropy, 0, project, 'alignLyrics', key)
  const newKey = () => {
    keys += 1
    return `words-${keys}`
  }

  const hear = (track: string, native: string, text: string) => {
    const known = told.get(track)
    judge.expect(known === undefined || known === text, () => `the lyrics of ${track} changed from ${known} to ${text}`)
    judge.expect(text.startsWith(`${native.slice(0, -2)} `), () => `${track} was given the lyrics of another: ${text}`)
    told.set(track, text)
  }

  interface Wish {
    readonly project: string
    readonly by: Signed
    readonly track: string
    readonly native: string
  }

  /** @returns the code of the error, or null after an answer */
  const ask = async ({ project, by, track, native }: Wish, key: string | null): Promise<string | null> => {
    const call = key === null ? null : await callOf(project, key)
    if (call !== null) ledger.keyed.add(call)
    const wait = random.chance(0.3) ? 30 * SECOND : 0
    const caller = { project, idempotencyKey: key, ...(by === undefined ? {} : { key: by }) }
    try {
      const { lyrics } = await gateway.ask((engine) => engine.alignLyrics(caller, track, wait))
      judge.expect(lyrics.track_id === track, () => `${track} was answered with ${lyrics.track_id}`)
      hear(track, native, lyrics.words[0]?.raw ?? '')
      return null
    } catch (error) {
      if (error === DOWN || error === CUT) return error === DOWN ? 'down' : 'cut'
      if (!(error instanceof GatewayError)) {
        judge.complain(`the lyrics of ${track} were answered with ${(error as Error).stack}`)
        return 'broken'
      }
      if (call !== null && error.code === 'submission_unconfirmed') ledger.told.add(call)
      return error.code
    }
  }

  /** Repeats with the same key what was not answered, or what may be repeated. */
  const insist = async (wish: Wish, key: string | null): Promise<string | null> => {
    for (let tries = 0; ; tries++) {
      const code = await ask(wish, key)
      const open =
        code === 'down' || code === 'cut' || (code !== null && policy[code as 'not_ready']?.again === 'later')
      const given = code === 'submission_unconfirmed' || tries >= TRIES
      if (!open || given) return code
      await agenda.sleep(random.between(2, 60) * SECOND)
    }
  }

  return {
    told: told as ReadonlyMap<string, string>,
    buy: async (project: string, by: Signed, track: string, native: string): Promise<void> => {
      const wish = { project, by, track, native }
      const key = random.chance(0.6) ? newKey() : null
      const crowd = faults.hit('call', 'several keys at once') ? [newKey(), newKey(), null] : []
      const [code] = await Promise.all([key, ...crowd].map((each) => insist(wish, each)))
      if (faults.hit('call', 'repeated with the same key')) {
        const again = await insist(wish, key)
        const known = told.has(track)
        judge.expect(
          code !== null || again === null || again === 'down' || again === 'cut',
          () => `${track} had lyrics and now ${again}`,
        )
        judge.expect(
          code !== 'submission_unconfirmed' || known || again !== 'not_ready',
          () => `${track} forgot that it is unknown`,
        )
      }
      if (!told.has(track) && faults.hit('call', 'repeated with a new key')) await insist(wish, newKey())
    },
  }
}
