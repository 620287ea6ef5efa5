/** Replaces the bootstrap key of the live gateway by a new one and prints it once. The server needs no restart. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import manifest from '../package.json' with { type: 'json' }
import { keyring } from '../src/engine/keys/keyring.ts'
import { readConfig } from '../src/platform/config.ts'
import { DATABASE, openDatabase } from '../src/platform/node/gateway.ts'
import { keyPorts } from '../src/platform/node/keys.ts'
import { adapters } from '../src/registry.ts'

const { dataDir, apiKey } = readConfig(process.env, adapters, manifest.version)
const folder = resolve(dataDir)
const why =
  apiKey !== null
    ? 'TUTTI_API_KEY is set and is the key after every start: change it there'
    : existsSync(join(folder, DATABASE))
      ? null
      : `No gateway has been started on ${folder}: set TUTTI_DATA_DIR to the folder of yours`
if (why !== null) {
  process.stderr.write(`${why}\n`)
  process.exit(1)
}
const sql = openDatabase(folder, DATABASE)
const key = await keyring(await keyPorts(sql, () => {})).renewBootstrap()
sql.close()
process.stderr.write(
  `The new key of the gateway on ${folder}, shown this once. The one before is refused from now on:\n`,
)
process.stdout.write(`${key}\n`)
