/** The documentation as answers that a build has made: for a gateway that keeps them as files and none of what they are made of. */
import { takesGzip, wantsHtml } from '../headers.ts'
import { escaped } from './html.ts'
import type { Docs, Page } from './serve.ts'

interface Answer extends Omit<Page, 'body'> {
  /** The name of its file. */
  readonly file: string
}

export interface Prepared {
  readonly answers: readonly Answer[]
  /** The number of the answer for each kind of reader, by path. */
  readonly paths: Readonly<Record<string, readonly number[]>>
  readonly missing: readonly number[]
}

/** Where the list of what was prepared stands. */
export const PREPARED = 'pages.json'

/** Readers as they differ, in the order of their numbers. */
const READERS = [
  { type: '*/*', encoding: 'identity' },
  { type: '*/*', encoding: 'gzip' },
  { type: 'text/html', encoding: 'identity' },
  { type: 'text/html', encoding: 'gzip' },
]
const readerOf = (type?: string, encoding?: string) => (wantsHtml(type) ? 2 : 0) + (takesGzip(encoding) ? 1 : 0)

/** Tells bytes apart as texts. */
const latin = new TextDecoder('latin1')

/** Where nothing stands: in place of it the page that says so names what was asked for. */
const NOWHERE = '/docs/-nowhere-'

/** Asks for everything that can be asked for, and keeps each answer once. */
export const prepare = async ({ paths, page }: Docs): Promise<ReadonlyMap<string, string | Uint8Array>> => {
  const answers: Answer[] = []
  const files = new Map<string, string | Uint8Array>()
  const known = new Map<string, number>()
  const numberOf = ({ status, headers, body }: Page): number => {
    const same = JSON.stringify([status, headers, typeof body === 'string' ? body : latin.decode(body)])
    const number = known.get(same) ?? answers.length
    if (number === answers.length) {
      const file = `pages/${number}`
      known.set(same, number)
      answers.push({ status, headers, file })
      files.set(file, body)
    }
    return number
  }
  const ofEach = async (path: string): Promise<number[]> => {
    const numbers: number[] = []
    for (const reader of READERS) numbers.push(numberOf(await page(path, reader)))
    return numbers
  }
  const found: Record<string, readonly number[]> = {}
  for (const path of paths) found[path] = await ofEach(path)
  const prepared: Prepared = { answers, paths: found, missing: await ofEach(NOWHERE) }
  return files.set(PREPARED, JSON.stringify(prepared))
}

/** @param read a file by its name */
export const preparedDocs = (
  { answers, paths, missing }: Prepared,
  read: (file: string) => Promise<Uint8Array<ArrayBuffer>>,
): Docs => ({
  paths: Object.keys(paths),
  serves: (path) => Object.hasOwn(paths, path),
  page: async (path, { type, encoding }) => {
    const known = Object.hasOwn(paths, path)
    const { file, ...answer } = answers[(known ? paths[path]! : missing)[readerOf(type, encoding)]!]!
    const body = await read(file)
    if (known) return { ...answer, body }
    return { ...answer, body: new TextDecoder().decode(body).replaceAll(NOWHERE, () => escaped(path)) }
  },
})
