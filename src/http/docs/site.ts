/** The documentation as pages: from the catalogue, the policy, the document, and guides that were rendered when Tutti was built. */
import { ERROR_CODES } from '../../canonical/error.ts'
import type { Json } from '../document/schemas.ts'
import { takesGzip, wantsHtml } from '../headers.ts'
import { errorBody, errorIndex, errorText } from './errors.ts'
import { escaped, type Menu, page, referencePage } from './html.ts'
import { llms, llmsFull } from './llms.ts'
import type { DocsMaterial, Guide } from './material.ts'
import { withSamples } from './samples.ts'
import type { Docs, Page } from './serve.ts'
import { FRAME, START, STYLE } from './style.ts'

/** Nothing but this gateway is asked for anything, and no script runs but ours. */
const POLICY = (style: string) =>
  `default-src 'none'; script-src 'self'; style-src ${style}; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
const SECURITY = {
  'content-security-policy': POLICY("'self'"),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'public, max-age=300',
}

const told = (type: string, body: Page['body'], more: Page['headers'] = {}): Page => ({
  status: 200,
  headers: { ...SECURITY, 'content-type': `${type}; charset=utf-8`, ...more },
  body,
})
const html = (body: string, more: Page['headers'] = {}) => told('text/html', body, more)

const unpacked = async (packed: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(
    await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer(),
  )

/** Made when it is first wanted: a start waits for none of it. */
const once = <Made>(make: () => Made): (() => Made) => {
  let made: Made | undefined
  return () => {
    made ??= make()
    return made
  }
}

const FIRST: Menu = {
  title: 'Reference',
  entries: [
    { href: '/docs/reference', text: 'API reference' },
    { href: '/docs/errors', text: 'Errors' },
    { href: '/llms.txt', text: 'llms.txt' },
  ],
}

const card = (href: string, title: string, text: string) =>
  `<a href="${href}"><b>${escaped(title)}</b><span>${escaped(text)}</span></a>`

const indexBody = (guides: readonly Guide[]) =>
  [
    '<h1>One API for every AI-music provider</h1>',
    '<p class="lead">You send one request; one of the providers carries it out; you get one answer, whoever it was.</p>',
    `<h2>Guides</h2><div class="cards">${guides.map(({ path, title, summary }) => card(path, title, summary)).join('\n')}</div>`,
    '<h2>Reference</h2><div class="cards">',
    card(
      '/docs/reference',
      'API reference',
      'Every operation with its fields, answers, errors and samples in four languages.',
    ),
    card('/docs/errors', 'Errors', 'Every code: why it happens, what to do, whether money may be spent.'),
    card('/openapi.json', 'OpenAPI document', 'The same for tools.'),
    card('/llms.txt', 'llms.txt', 'The same for language models.'),
    '</div>',
  ].join('\n')

const missingBody = (path: string) =>
  [
    '<h1>There is no such page</h1>',
    `<p class="lead">Nothing is at <code>${escaped(path)}</code>. It may have moved: the menu has every page there is.</p>`,
    '<div class="cards">',
    card('/docs', 'Documentation', 'Where everything begins.'),
    card('/docs/reference', 'API reference', 'Every operation, its fields, answers and errors.'),
    card('/docs/errors', 'Errors', 'What a code means, and what to do.'),
    '</div>',
  ].join('\n')

/** `document` is openapi/gateway.json, as text. */
export const createDocs = (document: string, { guides, renderer }: DocsMaterial): Docs => {
  const menus: Menu[] = [
    { title: 'Guides', entries: guides.map(({ path, title }) => ({ href: path, text: title })) },
    FIRST,
  ]
  const framed = (title: string, path: string, body: string, more?: Page['headers']) =>
    html(page(title, path, menus, body), more)
  const reference = once(() => JSON.stringify(withSamples(JSON.parse(document) as Json)))
  const script = once(renderer)

  const pages = new Map<string, () => Page>([
    ['/docs', () => framed('Documentation', '/docs', indexBody(guides))],
    ['/docs/style.css', () => told('text/css', STYLE)],
    ['/docs/frame.css', () => told('text/css', FRAME)],
    ['/docs/start.js', () => told('text/javascript', START)],
    ['/docs/openapi.json', () => told('application/json', reference())],
    // The renderer writes its own styles into the page.
    ['/docs/reference', () => html(referencePage(), { 'content-security-policy': POLICY("'self' 'unsafe-inline'") })],
    ['/docs/errors', () => framed('Errors', '/docs/errors', errorIndex())],
    ['/llms.txt', () => told('text/plain', llms(guides))],
    ['/llms-full.txt', () => told('text/plain', llmsFull(guides))],
    ...guides.flatMap(({ path, title, html: body, markdown }): [string, () => Page][] => [
      [path, () => framed(title, path, body)],
      [`${path}.md`, () => told('text/markdown', markdown)],
    ]),
  ])
  const errors = new Map(ERROR_CODES.map((code) => [`/errors/${code}`, code]))
  const missing = (path: string): Page => ({
    ...framed('Not found', path, missingBody(path), { vary: 'Accept', 'cache-control': 'no-store' }),
    status: 404,
  })

  return {
    paths: [...pages.keys(), '/docs/reference.js', ...errors.keys()],
    serves: (path) => path === '/docs/reference.js' || pages.has(path) || errors.has(path),
    page: async (path, { type, encoding }) => {
      const code = errors.get(path)
      const vary = { vary: 'Accept' }
      if (code !== undefined)
        return wantsHtml(type) ? framed(code, path, errorBody(code), vary) : told('text/plain', errorText(code), vary)
      if (path !== '/docs/reference.js') return pages.get(path)?.() ?? missing(path)
      const packs = takesGzip(encoding)
      const headers = { vary: 'Accept-Encoding', ...(packs ? { 'content-encoding': 'gzip' } : {}) }
      return told('text/javascript', packs ? script() : await unpacked(script()), headers)
    },
  }
}
