/** Builds what the Worker is deployed with and deploys it: `npm run deploy -- --dry-run` and other options are wrangler's. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildWorker } from './worker.ts'
import { ended, root, wrangler } from './wrangler.ts'

/** Stands in wrangler.toml until there is a database. */
const NO_DATABASE = '00000000-0000-0000-0000-000000000000'

const asked = process.argv.slice(2)
const config = asked.some((each) => /^(-c|--config)\b/.test(each))
  ? ''
  : readFileSync(join(root, 'wrangler.toml'), 'utf8')

if (config.includes(NO_DATABASE) && !asked.includes('--dry-run')) {
  console.error('wrangler.toml names no database yet: npx wrangler d1 create tutti, then put its id in as database_id')
  process.exitCode = 1
} else {
  await buildWorker()
  process.exitCode = await ended(wrangler(['deploy', ...asked], { stdio: 'inherit' }))
}
