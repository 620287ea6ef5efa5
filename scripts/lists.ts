/** Has a deployed Worker make its lists again, after their database was lost: TUTTI_URL and TUTTI_API_KEY (its bootstrap key) name it. */
import type { Rebuilt } from '../src/platform/workers/rebuild.ts'

const { TUTTI_URL = 'http://127.0.0.1:8787', TUTTI_API_KEY = '' } = process.env

const ask = async (after: number): Promise<Rebuilt> => {
  const answer = await fetch(`${TUTTI_URL}/operator/lists?after=${after}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TUTTI_API_KEY}` },
  })
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as Rebuilt
}

/** Where it was stopped it can go on: `npm run lists -- 1200`. */
let after = Number(process.argv[2] ?? 0)
let sum = 0
try {
  for (;;) {
    const { listed, next } = await ask(after)
    sum += listed
    if (next === null) break
    after = next
    console.log(`${sum} tasks listed; goes on after ${after}`)
  }
  console.log(`${sum} tasks listed: the lists are whole`)
} catch (error) {
  console.error(`Stopped at ${after}: ${(error as Error).message}`)
  process.exitCode = 1
}
