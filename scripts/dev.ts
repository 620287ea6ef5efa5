/** The Worker on this machine, with the simulated upstreams in a second one: says how to use it, and ends when it is told to. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import manifest from '../package.json' with { type: 'json' }
import { welcome } from '../src/platform/welcome.ts'
import { buildWorker } from './worker.ts'
import { ended, root, wrangler } from './wrangler.ts'

const HOST = '127.0.0.1'
/** How long a start may take, and how often it is looked whether it is over, in milliseconds. */
const START = 60_000
const LOOK = 200

const port = Number(process.env.PORT ?? 8787)
const here = `http://${HOST}:${port}`

/** Variables of ours that are set here hold there as well, but for those that say where it is. */
const OWN = ['TUTTI_SANDBOX', 'TUTTI_PUBLIC_URL', 'TUTTI_DATA_DIR', 'TUTTI_API_KEY']
const variables = Object.entries(process.env).filter(([name]) => /^TUTTI_/.test(name) && !OWN.includes(name))

const isFree = (): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, HOST, () => server.close(() => resolve(true)))
  })

/** The second Worker has to know where the first listens, and takes no variables from the command line. */
const writeStudio = (): string => {
  const path = join(root, 'dist/bundled/studio.toml')
  const config = readFileSync(join(root, 'wrangler.studio.toml'), 'utf8')
  mkdirSync(join(root, 'dist/bundled'), { recursive: true })
  const lines = variables.map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
  writeFileSync(
    path,
    config
      .replaceAll('"src/', '"../../src/')
      .replaceAll('http://127.0.0.1:8787', here)
      .replace('[vars]\n', (vars) => `${vars}${lines.join('')}`),
  )
  return path
}

const isReady = async (): Promise<boolean> => {
  try {
    return (await fetch(`${here}/readyz`)).ok
  } catch {
    return false
  }
}

const start = async (): Promise<number> => {
  if (!(await isFree())) {
    console.error(`Port ${port} is taken: PORT=8790 npm run dev takes another`)
    return 1
  }
  await buildWorker()
  const child = wrangler(
    [
      ...['dev', '--config', 'wrangler.dev.toml', '--config', writeStudio(), '--var', `TUTTI_PUBLIC_URL:${here}`],
      ...['--ip', HOST, '--port', String(port), '--inspector-port', '0', '--show-interactive-dev-session=false'],
      ...variables.flatMap(([name, value]) => ['--var', `${name}:${value}`]),
      ...['--persist-to', process.env.TUTTI_DATA_DIR ?? '.wrangler/state'],
    ],
    // Its log stands apart from what is to be pasted.
    { stdio: ['ignore', 2, 2] },
  )
  let over = false
  const end = ended(child).then((code) => {
    over = true
    return code
  })
  let asked = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      child.kill(asked ? 'SIGKILL' : 'SIGTERM')
      asked = true
    })
  const until = Date.now() + START
  while (!over && !asked && !(await isReady())) {
    if (Date.now() > until) child.kill()
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
  if (!over && !asked) for (const line of welcome(manifest.version, here)) console.log(line)
  const code = await end
  return asked ? 0 : code
}

process.exitCode = await start()
