/** What tests read of the repository, inside workerd, where there are no files: node:fs as far as they use it. */
import { gunzipSync } from 'node:zlib'
import packed from 'virtual:texts'

const { root, files } = JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString()) as {
  readonly root: string
  readonly files: Readonly<Record<string, string>>
}
const inside = (path: string) => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path)

export const readFileSync = (path: string): string => {
  const text = files[inside(path)]
  if (text === undefined) throw new Error(`ENOENT: ${path} is not among the files of vitest.workers.config.ts`)
  return text
}

/** @param pattern with * for anything but a slash */
export const globSync = (pattern: string, { cwd }: { readonly cwd: string }): string[] => {
  const matches = new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')}$`)
  const folder = `${inside(cwd)}/`
  return Object.keys(files)
    .filter((path) => path.startsWith(folder) && matches.test(path.slice(folder.length)))
    .map((path) => path.slice(folder.length))
}
