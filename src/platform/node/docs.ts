/** What was made for the documentation when Tutti was built, read from its folder. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const GUIDES = 'guides.json'
export const RENDERER = 'reference.js.gz'

/** From the first of these folders that has it; undefined where nothing was built: then there are no pages. */
export const readDocs = <Guide>(folders: readonly string[]) => {
  const folder = folders.find((each) => existsSync(join(each, GUIDES)))
  if (folder === undefined) return undefined
  return {
    guides: JSON.parse(readFileSync(join(folder, GUIDES), 'utf8')) as Guide[],
    renderer: () => new Uint8Array(readFileSync(join(folder, RENDERER))),
  }
}
