/** Holds the document against the released one: what breaks a client needs a note in openapi/CHANGES.md. --release makes it the released one. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')

interface Report {
  readonly changes: readonly {
    readonly verdicts: readonly {
      readonly ruleId: string
      readonly impact: string
      readonly message: string
      readonly location: { readonly pointer: string }
    }[]
  }[]
}

export interface Break {
  /** What a note has to say between backticks. */
  readonly name: string
  readonly message: string
}

/** What of a newer document breaks clients of an older one. */
export const breaks = (older: string, newer: string): Break[] => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...[join(root, 'node_modules/@redocly/cli/bin/cli.js'), 'diff', resolve(older), resolve(newer)],
      ...['--config', join(root, 'redocly.diff.yaml'), '--format', 'json'],
      // Lists of words grow without a new version: clients were told so.
      ...['--skip-rule', 'enum-values-added'],
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, REDOCLY_TELEMETRY: 'off' } },
  )
  if (!stdout.startsWith('{')) throw new Error(`The documents could not be compared: ${stderr}`)
  const { changes } = JSON.parse(stdout) as Report
  return changes
    .flatMap(({ verdicts }) => verdicts)
    .filter(({ impact }) => impact === 'major')
    .map(({ ruleId, message, location }) => ({ name: `${ruleId} ${location.pointer}`, message }))
}

/** Those that no note speaks of. */
export const unexplained = (found: readonly Break[], notes: string): Break[] =>
  found.filter(({ name }) => !notes.includes(`\`${name}\``))

const main = () => {
  const [released, present, notes] = ['released.json', 'gateway.json', 'CHANGES.md'].map((name) =>
    join(root, 'openapi', name),
  ) as [string, string, string]
  if (process.argv.includes('--release')) {
    copyFileSync(present, released)
    return console.log('openapi/released.json is the document as it is now')
  }
  if (!existsSync(released)) return console.log('Nothing was released yet')
  const found = breaks(released, present)
  const silent = unexplained(found, existsSync(notes) ? readFileSync(notes, 'utf8') : '')
  if (silent.length === 0) return console.log(`${found.length} breaks, each with a note`)
  console.error(
    'This breaks clients of the released document. Take it back, or say in openapi/CHANGES.md why and what to do:',
  )
  for (const { name, message } of silent) console.error(`- \`${name}\`: ${message}`)
  process.exitCode = 1
}

if (import.meta.main) main()
