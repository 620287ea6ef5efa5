/** Plants a bug: while the engine is loaded, exact snippets of its source are replaced. Nothing on the disk changes. */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import type { Bug } from './bugs.ts'

const urlOf = (file: string) => new URL(`../src/engine/${file}.ts`, import.meta.url).href

/** The changed sources of a bug, by URL. @throws Error where a snippet does not occur exactly once */
export const mutated = ({ name, edits }: Bug): Map<string, string> => {
  const sources = new Map<string, string>()
  for (const [file, snippet, instead] of edits) {
    const url = urlOf(file)
    const source = sources.get(url) ?? readFileSync(new URL(url), 'utf8')
    const times = source.split(snippet).length - 1
    if (times !== 1)
      throw new Error(
        `Bug "${name}" can not be planted: src/engine/${file}.ts holds this ${times} times, not once: ${snippet}`,
      )
    sources.set(
      url,
      source.replace(snippet, () => instead),
    )
  }
  return sources
}

/** Every module that is loaded from now on has the bug. */
export const plant = (bug: Bug): void => {
  const sources = mutated(bug)
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context)
      const source = sources.get(url)
      return source === undefined ? loaded : { ...loaded, source }
    },
  })
}
