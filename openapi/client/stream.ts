/** Server-sent events, read from a body (https://html.spec.whatwg.org/multipage/server-sent-events.html). */

export interface Message {
  readonly id: string | null
  readonly data: string
  /** How long to wait before connecting again, in milliseconds, where the server said so. */
  readonly retry: number | null
}

/** The gateway shows every 15 seconds that a stream is alive: one that was silent for so long is not, in milliseconds. */
const SILENCE = 60_000

const within = async <Value>(answer: Promise<Value>, milliseconds: number): Promise<Value> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The stream fell silent')), milliseconds)
  })
  return Promise.race([answer, silence]).finally(() => clearTimeout(timer))
}

/**
 * The lines of a body, whatever chunks they come in and however they end. What comes after the last line's end is none.
 * @throws Error for such a rest, where the body has to be `whole`
 */
export async function* lines(body: ReadableStream<Uint8Array>, whole = false): AsyncGenerator<string, void, void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), SILENCE)
      if (done && whole && rest !== '') throw new Error('The body ends within a line')
      if (done) return
      rest += decoder.decode(value, { stream: true })
      // A carriage return at the end may be half of a line's end.
      const ended = rest.split(/\r\n|\n|\r(?!$)/)
      rest = ended.pop() ?? ''
      yield* ended
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}

/** Messages as they come, also those that only tell an id or a time. What was not ended by an empty line when the body ends is not one. */
export async function* messages(body: ReadableStream<Uint8Array>): AsyncGenerator<Message, void, void> {
  let id: string | null = null
  let retry: number | null = null
  let data: string[] = []
  let told: string | null = null
  for await (const line of lines(body)) {
    if (line === '') {
      if (data.length > 0 || retry !== null || id !== told) yield { id, data: data.join('\n'), retry }
      data = []
      retry = null
      told = id
      continue
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (field === 'data') data.push(value)
    if (field === 'id' && !value.includes('\0')) id = value
    if (field === 'retry' && /^\d+$/.test(value)) retry = Number(value)
  }
}
