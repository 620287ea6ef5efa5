/** The terms of what is bundled: each package with its license, which wants to be where its code is. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The innermost package of a path, wherever its folder is linked from. */
const PACKAGE = /^.*(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+/
const LICENSE = /^licen[cs]e/i

const noticeOf = (folder: string): string => {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((each) => LICENSE.test(each))
  const holder = typeof author === 'string' ? author : author?.name
  const terms =
    file === undefined
      ? `License: ${license}${holder === undefined ? '' : `, ${holder}`}`
      : readFileSync(join(folder, file), 'utf8').trim()
  return `${name} ${version}\n\n${terms}\n`
}

/** @param inputs files that went into a bundle, from the folder of the project */
export const noticesOf = (inputs: readonly string[]): string => {
  const folders = new Set(inputs.flatMap((path) => PACKAGE.exec(path)?.[0] ?? []))
  if (folders.size === 0) throw new Error('A bundle without packages: their folder is not node_modules')
  return [...folders]
    .toSorted()
    .map(noticeOf)
    .join(`\n${'-'.repeat(80)}\n\n`)
}
