/** Files that are on their way at once: each is held in memory several times until its provider has it. */
import { GatewayError } from '../engine/errors.ts'

const MOST = 8
const MOST_OF_KEY = 4

export const filePlaces = () => {
  const held = new Map<string, number>()
  let all = 0
  /** @throws GatewayError concurrency_limited where all places are taken */
  return async <Result>(key: string, work: () => Promise<Result>): Promise<Result> => {
    const own = held.get(key) ?? 0
    if (all >= MOST || own >= MOST_OF_KEY)
      throw new GatewayError('concurrency_limited', 'Too many files are on their way: send this one again', {}, 1)
    held.set(key, own + 1)
    all += 1
    try {
      return await work()
    } finally {
      all -= 1
      const left = held.get(key)! - 1
      if (left === 0) held.delete(key)
      else held.set(key, left)
    }
  }
}
