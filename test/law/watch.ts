/** Every answer of a watched gateway is judged as it arrives, whoever asked: what breaks the document is thrown, and kept. */
import type { Asked, Law } from './law.ts'

let law: Promise<Law> | undefined
/** Read and compiled with the first answer: most files of tests ask for none. */
const theLaw = (): Promise<Law> => {
  law ??= import('./law.ts').then(({ lawOf, readDocument }) => lawOf(readDocument()))
  return law
}

const origins = new Set<string>()
let broken: string[] = []
let native: typeof fetch | undefined

/** What was broken since the last look: a test that swallows what is thrown fails all the same. */
export const takeBroken = (): readonly string[] => {
  const taken = broken
  broken = []
  return taken
}

/** The text of an answer, which is still there for whoever asked; null for what has no end, or was cut. */
const textOf = async (answer: Response): Promise<string | null> => {
  if (answer.headers.get('content-type')?.startsWith('text/event-stream')) return null
  try {
    return await answer.clone().text()
  } catch {
    return null
  }
}

/** Throws where an answer is not what the document promises. */
export const lawful = async (asked: Asked, answer: Response): Promise<Response> => {
  const { judge } = await theLaw()
  const { status, headers } = answer
  const faults = judge(asked, { status, headers, text: await textOf(answer) })
  if (faults.length === 0) return answer
  const message = `${asked.method} ${asked.path} was answered with ${status}, against openapi/gateway.json: ${faults.join('; ')}`
  broken.push(message)
  throw new Error(message)
}

/** From now on, what is fetched from this origin is judged. */
export const watch = (origin: string): void => {
  origins.add(origin)
  if (native !== undefined) return
  const real = globalThis.fetch
  native = real
  globalThis.fetch = async (input, init) => {
    const answer = await real(input, init)
    // The server puts classes of its own in the place of the global ones: a request is known by what it has.
    const request = typeof input === 'object' && 'url' in input ? input : null
    const { origin: from, pathname: path } = new URL(request?.url ?? String(input))
    if (!origins.has(from)) return answer
    const method = (init?.method ?? request?.method ?? 'GET').toUpperCase()
    // A redirect that was followed is an answer of somebody else.
    return answer.redirected ? answer : lawful({ method, path }, answer)
  }
}

/** This origin is somebody else's again. */
export const unwatch = (origin: string): void => {
  origins.delete(origin)
}

/** What fetch was before anybody watched. */
export const unjudged = (request: Request): Promise<Response> => (native ?? globalThis.fetch)(request)
