/** Files of the build that are deployed with the Worker. */
import { type Env, Misconfigured } from './settings.ts'

/** A file of the build, by its name; null where it was made without. */
export const fileOf = async ({ ASSETS }: Env, name: string): Promise<Uint8Array<ArrayBuffer> | null> => {
  const answer = await ASSETS.fetch(`https://assets.internal/${name}`)
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer())
  await answer.body?.cancel()
  if (answer.status === 404) return null
  throw new Error(`The file ${name} could not be read: ${answer.status}`)
}

/** One that has to be there. */
export const requiredFile = async (env: Env, name: string): Promise<Uint8Array<ArrayBuffer>> => {
  const file = await fileOf(env, name)
  if (file === null) throw new Misconfigured(`The file ${name} is missing: npm run deploy builds it`)
  return file
}

const decoder = new TextDecoder()
export const textOf = (file: Uint8Array<ArrayBuffer>): string => decoder.decode(file)
