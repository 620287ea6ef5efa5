/** Makes `virtual:histories`: what the simulator left behind in Node, made when it is asked for. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Plugin } from 'vitest/config'

const SCRIPT = join(import.meta.dirname, '../../simulator/histories.ts')

export const histories: Plugin = {
  name: 'histories',
  enforce: 'pre',
  resolveId: (source) => (source === 'virtual:histories' ? `\0${source}` : null),
  load: (id) =>
    id === '\0virtual:histories'
      ? `export default ${execFileSync(process.execPath, [SCRIPT], { encoding: 'utf8' })}`
      : null,
}
