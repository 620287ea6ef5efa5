/** Telling events: to who asks, and to who stays on the line. */
import type { Event } from '../canonical/event.ts'
import type { Task } from '../canonical/task.ts'
import { GatewayError } from './errors.ts'
import { type EventReader, eventId, type StoredEvent } from './events.ts'
import type { Clock } from './ports.ts'
import { time } from './present.ts'
import { ended, type TaskState } from './state.ts'
import type { TaskStore } from './tasks.ts'

/** How often who is on the line hears that it is alive, and how long a stream lasts, in milliseconds. */
const BEAT = 15_000
const LONGEST = 5 * 60_000
/** Events read at once. */
const BATCH = 100
/** Rendered events kept for the next who asks. */
const KEPT = 1000

/** Events on the line; null is a sign of life. */
type Line = AsyncGenerator<Event | null, void, void>
/** A line that may say before its first event where it begins. */
export type Told = Line & { readonly after?: string }

/** The place before all events of a project: who begins there and has to come back misses none of them. */
const NO_EVENT = `evt_${'0'.repeat(27)}`

const unknownEvent = (id: string) =>
  new GatewayError('validation_failed', `There is no event ${id} here to go on after`, {
    errors: [
      { pointer: 'Last-Event-ID', code: 'unknown_event', detail: 'Send the id of the last event you have, or none' },
    ],
  })

/** @param read may be of another place: so may be the waiting */
export const telling = (
  clock: Clock,
  read: EventReader,
  tasks: Pick<TaskStore, 'released' | 'changed' | 'stirred'>,
  own: (project: string, id: string) => Promise<TaskState>,
  present: (task: TaskState) => Task,
) => {
  const rendered = new Map<string, Event>()

  const render = (stored: StoredEvent): Event => {
    const known = rendered.get(stored.id)
    if (known !== undefined) return known
    const { id, type, seq, at } = stored
    const event: Event = { id, object: 'event', type, seq, timestamp: time(at), data: { task: present(stored.task()) } }
    rendered.set(id, event)
    if (rendered.size > KEPT) rendered.delete(rendered.keys().next().value!)
    return event
  }

  /** Batches of events until `over`, with signs of life between them. */
  async function* follow<Place>(
    after: Place,
    next: (after: Place) => Promise<readonly StoredEvent[]>,
    placeOf: (event: StoredEvent) => Place,
    over: () => Promise<boolean>,
    wait: (after: Place, milliseconds: number) => Promise<void>,
  ): Line {
    const deadline = clock() + LONGEST
    /** When this reader last heard something. */
    let spoke = clock()
    for (let place = after; ; ) {
      // Asked first: an event that comes between the two questions is read once more round.
      const last = await over()
      const events = await next(place)
      for (const event of events) {
        yield render(event)
        place = placeOf(event)
        spoke = clock()
      }
      if (events.length === BATCH) continue
      if (last || tasks.released() || clock() >= deadline) return
      // Of a clock that was set back: nobody waits for longer than a beat.
      spoke = Math.min(spoke, clock())
      await wait(place, spoke + BEAT - clock())
      // Woken for nothing, it waits for what is left.
      if (clock() - spoke < BEAT) continue
      yield null
      spoke = clock()
    }
  }

  const newestId = async (project: string, place: number): Promise<string> => {
    const [newest] = await read.before(project, place + 1, 1)
    return newest?.id ?? NO_EVENT
  }

  const placeAfter = async (project: string, lastId: string): Promise<number> => {
    const place = lastId === NO_EVENT ? 0 : await read.placeOf(project, lastId)
    if (place === null) throw unknownEvent(lastId)
    return place
  }

  return {
    ofTask: async (project: string, id: string): Promise<Event[]> => {
      const task = await own(project, id)
      return (await read.ofTask(task.id, 0, task.seq)).map(render)
    },

    /** The events of a task from the one after `lastId`, until its last; null where it has ended, and nothing follows. */
    followTask: async (project: string, id: string, lastId: string | null): Promise<Told | null> => {
      const now = await own(project, id)
      const task = now.id
      const last = lastId === null ? null : await read.byId(lastId)
      if (lastId !== null && (last === null || last.task().id !== task)) throw unknownEvent(lastId)
      if (last !== null && ended(now) && last.seq >= now.seq) return null
      // Not every change has an event: who has heard the last one waits for the next change all the same.
      let seen = now.seq
      const over = async () => {
        const found = await own(project, task)
        seen = found.seq
        return ended(found)
      }
      return follow(
        last?.seq ?? 0,
        (after) => read.ofTask(task, after, BATCH),
        ({ seq }) => seq,
        // One that was deleted meanwhile has nothing more to tell.
        () => over().catch(() => true),
        (after, milliseconds) => tasks.changed(task, ({ seq }) => seq > Math.max(after, seen), milliseconds),
      )
    },

    /** Nothing of a task that is gone is remembered. */
    forget: ({ id, seq }: TaskState): void => {
      for (let each = 1; each <= seq; each++) rendered.delete(eventId(id, each))
    },

    /** Newest first, before a place. */
    page: (project: string, before: number, limit: number) => read.before(project, before, limit),
    render,

    /** All events of a project: from now on, or from the one after `lastId`. */
    followAll: async (project: string, lastId: string | null): Promise<Told> => {
      const place = lastId === null ? await read.newest(project) : await placeAfter(project, lastId)
      const line = follow(
        place,
        (after) => read.ofProject(project, after, BATCH),
        ({ place }) => place,
        async () => false,
        (after, milliseconds) => tasks.stirred(project, async () => (await read.newest(project)) > after, milliseconds),
      )
      // Who is cut off before the first event comes back to where the line began, and not to a later now.
      return Object.assign(line, { after: lastId ?? (await newestId(project, place)) })
    },
  }
}
