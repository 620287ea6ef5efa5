/** Makes what the documentation is served from: guides as HTML, and the renderer of the reference as one packed file. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import scalar from '@scalar/fastify-api-reference'
import { Marked } from 'marked'
import type { DocsMaterial, Guide } from '../src/http/docs/material.ts'
import { GUIDES, RENDERER } from '../src/platform/node/docs.ts'

const root = join(import.meta.dirname, '..')

/** Files in the order of the menu, each with the path it is served at. */
export const SOURCES: readonly (readonly [file: string, path: string])[] = [
  ...[
    'quickstart',
    'switching-from-kie',
    'switching-from-apibox',
    'switching-from-udioapi',
    'failover-and-billing',
    'webhooks',
    'data',
    'deploy',
    'deploy-workers',
  ].map((name) => [`docs/guides/${name}.md`, `/docs/guides/${name}`] as const),
  ['openapi/capabilities.md', '/docs/capabilities'],
]

const servedAt = (href: string): string => {
  const [file = '', fragment] = href.split('#')
  const found = SOURCES.find(([each]) => basename(each) === basename(file))
  if (/^[a-z]+:/.test(href) || found === undefined) return href
  return fragment === undefined ? found[1] : `${found[1]}#${fragment}`
}

const idOf = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\w]+/g, '-')
    .replace(/^-|-$/g, '')

const rendererOfGuides = () => {
  const seen = new Map<string, number>()
  const marked = new Marked({
    gfm: true,
    walkTokens: (token) => {
      if (token.type === 'link') token.href = servedAt(token.href)
    },
  })
  marked.use({
    renderer: {
      heading({ tokens, depth, text }) {
        const id = idOf(text)
        const count = seen.get(id) ?? 0
        seen.set(id, count + 1)
        return `<h${depth} id="${count === 0 ? id : `${id}-${count}`}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
      // In a box that scrolls by itself where the table is wider than the page.
      table(token) {
        const cells = (row: typeof token.header, tag: string) =>
          row.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('')
        const rows = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n')
        return `<div class="table"><table><thead><tr>${cells(token.header, 'th')}</tr></thead><tbody>${rows}</tbody></table></div>\n`
      },
    },
  })
  return (text: string) => marked.parse(text, { async: false })
}

/** Comments that mark generated parts are no part of the text. */
const clean = (markdown: string) => markdown.replace(/<!--.*?-->\n?/gs, '')

const guideOf = (file: string, path: string): Guide => {
  const markdown = clean(readFileSync(join(root, file), 'utf8'))
  const title = /^# (.+)$/m.exec(markdown)?.[1]
  const summary = /^# .+\n+([^\n]+(?:\n[^\n]+)*)/m.exec(markdown)?.[1]
  if (title === undefined || summary === undefined) throw new Error(`${file} has no title or no first paragraph`)
  const first = summary
    .replaceAll('\n', ' ')
    .replace(/[`*]/g, '')
    .split(/(?<=\.)\s/)[0]!
  return { path, title, summary: first, html: rendererOfGuides()(markdown), markdown }
}

export const guides = (): Guide[] => SOURCES.map(([file, path]) => guideOf(file, path))

/** Goes with every copy of it. */
const license = () => {
  const file = new URL('../LICENSE', import.meta.resolve('@scalar/fastify-api-reference'))
  return `/*! Scalar API reference\n${readFileSync(file, 'utf8').trim()}\n*/\n`
}

/** The package is a plugin that carries the renderer and serves it: a route of it answers the script. */
const rendererScript = (): string => {
  const routes: { url: string; handler: (request: unknown, reply: unknown) => unknown }[] = []
  const server = { route: (route: (typeof routes)[number]) => routes.push(route), hasPlugin: () => false }
  scalar(server as never, { configuration: { url: '/' } } as never, () => {})
  let script = ''
  const reply = { header: () => reply, send: (text: string) => (script = text) }
  routes.find(({ url }) => url.endsWith('.js'))?.handler({}, reply)
  if (script.length < 100_000) throw new Error('the renderer of the reference was not found in its package')
  return `${license()}${script}`
}

/** Packed without a time, so that the same material is the same file. */
export const material = (): DocsMaterial => ({
  guides: guides(),
  renderer: () => gzipSync(rendererScript(), { level: 9 }),
})

export const buildDocs = (folder: string) => {
  mkdirSync(folder, { recursive: true })
  const { guides, renderer } = material()
  writeFileSync(join(folder, GUIDES), JSON.stringify(guides))
  writeFileSync(join(folder, RENDERER), renderer())
}
