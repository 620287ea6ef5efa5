/** Replaces the bootstrap key of the live gateway by a new one and prints it once. The server needs no restart. */
import manifest from '../package.json' with { type: 'json' }
import { keyring } from '../src/engine/keys/keyring.ts'
import { readConfig } from '../src/platform/config.ts'
import { DATABASE, openDatabase } from '../src/platform/node/gateway.ts'
import { keyPorts } from '../src/platform/node/keys.ts'
import { adapters } from '../src/registry.ts'

const { dataDir } = readConfig(process.env, adapters, manifest.version)
const sql = openDatabase(dataDir, DATABASE)
const key = await keyring(await keyPorts(sql, () => {})).renewBootstrap()
sql.close()
process.stdout.write(`${key}\n`)
