/** The client: one method for each operation of the document, and what a task takes to be followed to its end. */
import { connectionFailed, errorOf, gatewayError, isProblem, notOfSomebodyElse, TuttiError } from './errors.ts'
import { createClient } from './generated/client/index.ts'
import { KEYED } from './generated/keyed.ts'
import { Operations } from './generated/sdk.gen.ts'
import type {
  Event,
  GetTaskErrors,
  GetTaskResponses,
  ListTasksData,
  Problem,
  Task,
  Upload,
  UploadAudioErrors,
  UploadAudioResponses,
} from './generated/types.gen.ts'
import { late, onceForTrack, pause, persistent, REPEATS, type Sleep } from './persist.ts'
import { lines, messages } from './stream.ts'

export interface TuttiOptions {
  /** Where the gateway is, such as `https://music.example.com`. */
  readonly baseUrl: string
  /** Your API key. It does not belong into a page that others can read. */
  readonly key: string
  /** In place of the runtime's own. */
  readonly fetch?: (request: Request) => Promise<Response>
  /** How often a call is repeated at most, where that is safe: 3 without this. */
  readonly retries?: number
  /** In place of a timer between two attempts. */
  readonly sleep?: Sleep
}

export interface WaitOptions {
  /** Told of the task when it is first seen, and at every change that is seen. */
  readonly onProgress?: (task: Task) => void
  readonly signal?: AbortSignal
}

export interface EventsOptions {
  /** Go on after this event. */
  readonly lastEventId?: string
  readonly signal?: AbortSignal
}

/** Which tasks an export has; all without this. */
export interface ExportOptions extends Pick<NonNullable<ListTasksData['query']>, 'status' | 'operation'> {
  readonly signal?: AbortSignal
}

export interface UploadOptions {
  /** What to call the file: its own name without this. */
  readonly fileName?: string
  /** Names this upload, so that sending it again is no second one: a random one without this. */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

/** Formats of timed lyrics for players. */
export type LyricsFormat = 'lrc' | 'elrc' | 'vtt' | 'srt' | 'ttml' | 'ass'

/** How long the gateway is asked to hold an answer, in seconds; and when to look again where it did not, in milliseconds. */
const WAIT = 30
const LOOK_AGAIN = 5000
/** How long to wait before a stream is opened again, where nobody said how long. */
const RECONNECT = 3000

const BEARER = [{ scheme: 'bearer', type: 'http' }] as const

const hasEnded = ({ status }: { readonly status: string }) => ['succeeded', 'failed', 'canceled'].includes(status)

const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

export class Tutti extends Operations {
  readonly #retries: number
  readonly #sleep: Sleep

  constructor({ baseUrl, key, fetch, retries = REPEATS, sleep = pause }: TuttiOptions) {
    const send = fetch ?? ((request: Request) => globalThis.fetch(request))
    const client = createClient({
      baseUrl: baseUrl.replace(/\/+$/, ''),
      auth: key,
      fetch: persistent(send, retries, sleep) as typeof globalThis.fetch,
      throwOnError: true,
    })
    client.interceptors.request.use((request, { method, url }) => {
      const keyed = KEYED.has(`${method} ${url}`) && !onceForTrack(request)
      if (keyed && !request.headers.has('idempotency-key')) request.headers.set('idempotency-key', newKey())
      return request
    })
    client.interceptors.response.use(notOfSomebodyElse)
    client.interceptors.error.use(errorOf)
    super({ client })
    this.#retries = retries
    this.#sleep = sleep
  }

  /** A task once it has ended, however it ended: `status` and `error` say so. */
  async waitForTask(id: string, { onProgress, signal }: WaitOptions = {}): Promise<Task> {
    for (let seq = 0; ; ) {
      const { data: task, response } = await this.client.get<GetTaskResponses, GetTaskErrors, true, 'fields'>({
        url: '/v1/tasks/{task_id}',
        path: { task_id: id },
        // The first look is for what there is.
        headers: seq === 0 ? {} : { Prefer: `wait=${WAIT}` },
        security: [...BEARER],
        responseStyle: 'fields',
        throwOnError: true,
        signal,
      })
      const news = task.seq > seq
      const waited = seq === 0 || response.headers.has('preference-applied')
      seq = task.seq
      if (news) onProgress?.(task)
      if (hasEnded(task)) return task
      if (!waited) await this.#sleep(late(Number(response.headers.get('retry-after')) * 1000 || LOOK_AGAIN), signal)
    }
  }

  /** The events of a task until its last, as they happen; a connection that breaks is taken up where it broke. */
  events(id: string, options: EventsOptions = {}): AsyncGenerator<Event, void, void> {
    let quiet = false
    const over = async (last: Event | null) => {
      if (last !== null) {
        quiet = false
        // All events of one change tell of the task as it is after the last of them.
        return hasEnded(last.data.task) && last.seq >= last.data.task.seq
      }
      // What happened between the end of a quiet stream and this look is in none yet: one more is opened for it.
      if (quiet) return true
      quiet = hasEnded(await this.getTask({ path: { task_id: id } }))
      return false
    }
    return this.#follow((settings) => this.listTaskEvents({ ...settings, path: { task_id: id } }), over, options)
  }

  /** The events of all tasks of the project, as they happen, until the signal or a `break` ends it. */
  allEvents(options: EventsOptions = {}): AsyncGenerator<Event, void, void> {
    return this.#follow(
      (settings) => this.listEvents(settings),
      async () => false,
      options,
    )
  }

  /** Every task of the project, newest first, as they come. An export that breaks off throws: it was not the whole. */
  async *exportTasks({ signal, ...query }: ExportOptions = {}): AsyncGenerator<Task, void, void> {
    const headers = { Accept: 'application/jsonl' }
    const body = await this.listTasks({ query, headers, signal, parseAs: 'stream' })
    try {
      for await (const line of lines(body as unknown as ReadableStream<Uint8Array>, true)) {
        const entry = JSON.parse(line) as Task | Problem
        if (!('object' in entry)) throw isProblem(entry) ? gatewayError(entry) : entry
        yield entry
      }
    } catch (error) {
      if (signal?.aborted || error instanceof TuttiError) throw error
      throw connectionFailed('The export', error)
    }
  }

  /** Stored timed lyrics as the text of a file. */
  async lyricsFile(track_id: string, format: LyricsFormat): Promise<string> {
    return (await this.getTimestampedLyrics({
      path: { track_id },
      query: { format },
      parseAs: 'text',
    })) as unknown as string
  }

  /** The notes that a createMidi task has found, as the bytes of a MIDI file. */
  async midiFile(task_id: string): Promise<ArrayBuffer> {
    return (await this.getMidi({
      path: { task_id },
      query: { format: 'mid' },
      parseAs: 'arrayBuffer',
    })) as unknown as ArrayBuffer
  }

  /** Uploads a file of your own, up to 10 MB: a `File`, or a `Blob` with a name. `uploadAudio` takes a URL. */
  uploadFile(file: Blob, { fileName, idempotencyKey, signal }: UploadOptions = {}): Promise<Upload> {
    const form = new FormData()
    form.append('file', file)
    if (fileName !== undefined) form.append('file_name', fileName)
    return this.client.post<UploadAudioResponses, UploadAudioErrors, true, 'data'>({
      url: '/v1/uploads',
      body: form,
      // `fetch` names the type, since it chooses the boundary.
      bodySerializer: null,
      headers: { 'Content-Type': null, ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }) },
      security: [...BEARER],
      responseStyle: 'data',
      throwOnError: true,
      signal,
    })
  }

  async *#follow(
    open: (settings: StreamSettings) => Promise<unknown>,
    over: (last: Event | null) => Promise<boolean>,
    { lastEventId, signal }: EventsOptions,
  ): AsyncGenerator<Event, void, void> {
    let after = lastEventId
    let reconnect = RECONNECT
    for (let failures = 0; ; ) {
      let last: Event | null = null
      try {
        const headers = { Accept: 'text/event-stream', ...(after === undefined ? {} : { 'Last-Event-ID': after }) }
        const body = (await open({ headers, signal, parseAs: 'stream' })) as ReadableStream<Uint8Array> | null
        // 204: it has ended, and everything was told.
        if (body === null) return
        for await (const { id, data, retry } of messages(body)) {
          // Whoever answers at all, as the gateway does at once, is there: a quiet stream is not given up.
          failures = 0
          reconnect = retry ?? reconnect
          // Also where nothing happened yet: from there on nothing is to be missed.
          after = id ?? after
          if (data === '') continue
          last = JSON.parse(data) as Event
          after = id ?? last.id
          yield last
        }
        if (await over(last)) return
      } catch (error) {
        // What the gateway refuses stays refused; calls were repeated already.
        if (signal?.aborted || error instanceof TuttiError) throw error
        // What came whole and is no event would come again.
        if (error instanceof SyntaxError || ++failures > this.#retries)
          throw connectionFailed('The stream of events', error)
      }
      await this.#sleep(late(reconnect), signal)
    }
  }
}

interface StreamSettings {
  readonly headers: Record<string, string>
  readonly signal: AbortSignal | undefined
  readonly parseAs: 'stream'
}

/** A client of one gateway, with one key. */
export const createTutti = (options: TuttiOptions): Tutti => new Tutti(options)
