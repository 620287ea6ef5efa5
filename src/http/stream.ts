/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
import type { Context } from 'hono'
import type { Event } from '../canonical/event.ts'
import type { Told } from '../engine/telling.ts'
import { respond } from './respond.ts'
import { turn } from './turn.ts'

/** How long a client is to wait before it connects again, in milliseconds. */
const RETRY = 3000
/** How every stream begins; an id alone is no event, and is what a client goes on after all the same. */
const opening = ({ after }: Told): string => `${after === undefined ? '' : `id: ${after}\n`}retry: ${RETRY}\n\n`

/** So many events at once, of a stream that has much to catch up with. */
const BATCH = 50

const texts = new WeakMap<Event, Uint8Array>()
const encoder = new TextEncoder()

const spoken = (event: Event | null): Uint8Array => {
  if (event === null) return encoder.encode(': alive\n\n')
  const text =
    texts.get(event) ?? encoder.encode(`id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  texts.set(event, text)
  return text
}

/**
 * A stream of events until they end or the client goes. Where nothing is left to tell it is 204: whatever else is answered, a
 * browser connects again after a stream that was closed, for ever.
 * @param told null where it has ended already
 * @param allowed whether the key of the client is still taken: nothing is told after it is not
 */
export const eventStream = (c: Context, told: Told | null, allowed: () => Promise<boolean>): Response => {
  if (told === null) return respond(c, null, 204, { vary: 'Accept' })
  let said = 0
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(opening(told))),
    pull: async (controller) => {
      if (++said % BATCH === 0) await turn()
      const { done, value } = await told.next()
      if (!done && (await allowed())) return controller.enqueue(spoken(value))
      controller.close()
      if (!done) await told.return()
    },
    // It ends by itself with the next sign of life.
    cancel: () => {
      void told.return()
    },
  })
  return respond(c, body, 200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    vary: 'Accept',
    'x-accel-buffering': 'no',
  })
}
