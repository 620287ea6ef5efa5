/** Bundles the Worker as a deploy would, without sending it anywhere, and fails where it has become too large. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildWorker } from './worker.ts'
import { ended, wrangler } from './wrangler.ts'

/** Packed, in bytes. The platform takes twelve times as much; a start costs by the size. */
const LIMIT = 250_000

/** What wrangler says, where it fails. */
const bundle = async (folder: string): Promise<Buffer> => {
  const child = wrangler(['deploy', '--dry-run', '--outdir', folder], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (said += chunk))
  if ((await ended(child)) !== 0) throw new Error(said)
  return readFileSync(join(folder, 'worker.js'))
}

const folder = mkdtempSync(join(tmpdir(), 'tutti-worker-'))
try {
  await buildWorker()
  const script = await bundle(folder)
  const packed = gzipSync(script).length
  const inKilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
  console.log(
    `The Worker is ${inKilobytes(packed)} packed (${inKilobytes(script.length)} as it is) of ${inKilobytes(LIMIT)} allowed`,
  )
  if (packed > LIMIT) process.exitCode = 1
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
