/** Answers with pages of the documentation, where a gateway has any. What they are made of is not loaded here. */
import type { Context, Env, Hono, MiddlewareHandler } from 'hono'
import { etag } from 'hono/etag'
import { RETAINED } from '../browsers.ts'
import { wantsHtml } from '../headers.ts'
import { respond } from '../respond.ts'

export interface Page {
  readonly status: 200 | 404
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer>
}

export interface Docs {
  /** All that stands here. */
  readonly paths: readonly string[]
  /** Whether a page stands at this path. */
  readonly serves: (path: string) => boolean
  /** The page, or the page that says there is none. */
  readonly page: (path: string, accept: { readonly type?: string; readonly encoding?: string }) => Promise<Page>
}

const tagged = etag({ retainedHeaders: RETAINED })

const answerPage = async (c: Context, { page }: Docs) => {
  const accept = { type: c.req.header('accept'), encoding: c.req.header('accept-encoding') }
  const { status, headers, body } = await page(c.req.path, accept)
  return respond(c, body, status, headers)
}

/** Everything under /docs is a page, also what is not there. A code that is not there is a problem. */
export const serveDocs = <E extends Env>(app: Hono<E>, docs: Docs) => {
  const serve =
    (orMissing: boolean): MiddlewareHandler =>
    async (c, next) =>
      docs.serves(c.req.path) || (orMissing && wantsHtml(c.req.header('accept'))) ? answerPage(c, docs) : next()
  app.on('GET', ['/docs', '/docs/*'], tagged, serve(true))
  // Whoever opens the address in a browser finds something there.
  app.get('/', (c) => respond(c, null, 302, { location: '/docs' }))
  app.on('GET', ['/llms.txt', '/llms-full.txt', '/errors/:code'], tagged, serve(false))
}
