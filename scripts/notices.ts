/** The terms of what is bundled: each package with its license, which wants to be where its code is. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const PACKAGE = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//
const LICENSE = /^licen[cs]e/i

const noticeOf = (name: string): string => {
  const folder = join('node_modules', name)
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((each) => LICENSE.test(each))
  const terms = file === undefined ? `License: ${license}` : readFileSync(join(folder, file), 'utf8').trim()
  return `${name} ${version}\n\n${terms}\n`
}

/** @param inputs files that went into a bundle, from the folder of the project */
export const noticesOf = (inputs: readonly string[]): string => {
  const names = new Set(inputs.flatMap((path) => PACKAGE.exec(path)?.[1] ?? []))
  return [...names]
    .toSorted()
    .map(noticeOf)
    .join(`\n${'-'.repeat(80)}\n\n`)
}
