/** The README's transcript, run again: what it shows is what comes out, but for ids, times and addresses. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from './harness.ts'

const ROOT = resolve(import.meta.dirname, '..')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
// The transcript is typed with curl, which is no dependency of Tutti's.
const noCurl = spawnSync('curl', ['--version']).error !== undefined

interface Line {
  readonly command: string
  readonly output: string
}

const lines: Line[] = [...README.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  block!
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command, ...output] = text.split('\n')
      return { command: command!, output: output.join('\n').trim() }
    }),
)

const normal = (text: string) =>
  text
    .replace(/(task|track)_[0-9A-Z]{26}/g, '$1_…')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:…')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…')
    .trim()

describe.skipIf(noCurl)('the transcript of the README', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-readme-'))
  symlinkSync(join(ROOT, 'scripts'), join(dir, 'scripts'))
  const path = `${dirname(process.execPath)}:${process.env.PATH}`
  let stop = () => {}
  let port = 0

  beforeAll(async () => {
    port = await freePort()
    const env = { PATH: path, PORT: String(port), TUTTI_DATA_DIR: join(dir, 'data'), TUTTI_POLL_SCALE: '0.01' }
    const server = spawn(process.execPath, [join(ROOT, 'src/server.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    stop = () => server.kill()
    await new Promise((ready) => server.stdout.once('data', ready))
  })
  afterAll(() => {
    stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it('is true to the letter', () => {
    expect(lines.length).toBeGreaterThan(10)
    const script = lines
      .map(({ command }) => command.replace(/\b8787\b/g, String(port)).replace('sleep 10', 'sleep 2'))
      .map((command) => `${command}\necho '--- next'`)
      .join('\n')
    const said = execFileSync('bash', ['-c', `${script}\n`], { cwd: dir, env: { PATH: path }, encoding: 'utf8' })
    const outputs = said.split('--- next\n').slice(0, lines.length)
    for (const [index, { command, output }] of lines.entries())
      expect({ command, output: normal(outputs[index] ?? '') }).toEqual({ command, output: normal(output) })
  })
})
