/** wrangler as our scripts run it: by this very Node, so that a signal reaches it, and telling nobody. */
import { type SpawnOptions, spawn } from 'node:child_process'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

export const wrangler = (asked: readonly string[], { env, ...options }: SpawnOptions = {}) =>
  spawn(process.execPath, [join(root, 'node_modules/wrangler/bin/wrangler.js'), ...asked], {
    cwd: root,
    env: { ...process.env, ...QUIET, ...env },
    ...options,
  })

/** Resolves with what it ended with. */
export const ended = (child: ReturnType<typeof wrangler>): Promise<number> =>
  new Promise((resolve) => {
    child.once('error', () => resolve(1))
    child.once('exit', (code) => resolve(code ?? 1))
  })
