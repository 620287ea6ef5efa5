/** The engine: everything a client can ask for, over the ports of a platform. It names no provider. */
import { createDesk } from './desk.ts'
import { createHome } from './home.ts'
import { createLists } from './lists.ts'
import { createHub } from './own-hub.ts'
import type { World } from './ports.ts'
import { shows } from './present.ts'
import { reader } from './store.ts'
import { DISPATCH } from './webhooks/dispatcher.ts'
import { UNTOLD } from './webhooks/rows.ts'
import { FORGET } from './webhooks/sweep.ts'

export type Engine = ReturnType<typeof createEngine>

/** What is not asked for clients. */
type Inner = 'own' | 'tasks' | 'told' | 'lookUp' | 'generateMusic' | 'release' | 'quiet' | 'wake' | 'recover'

/** What is asked of an engine may be answered by another place: then every answer is waited for. */
export type Served = {
  readonly [K in keyof Omit<Engine, Inner>]: Engine[K] extends (...asked: infer Asked) => infer Answer
    ? (...asked: Asked) => Answer | Promise<Awaited<Answer>>
    : Engine[K]
}

/** All of it in one process, over one store. */
export const createEngine = (world: World) => {
  const read = reader(world.sql)
  const show = shows(world.access)
  const hub = createHub(world, read, show.present)
  const { hooks, ledger } = hub
  const home = createHome(world, { read, hub, show, untold: UNTOLD })
  return {
    ...home,
    ...createDesk(world, hub, home.lookUp),
    ...createLists(read, home.told, show.present),

    /** Requests that wait are answered with what there is: the end is near. */
    release: (): void => {
      home.release()
      hooks.dispatcher.stop()
    },

    /** Resolves once no webhook is under way any more. */
    quiet: hooks.dispatcher.idle,

    /** A timer went off: that of a task, or of those that all tasks share. */
    wake: async (id: string): Promise<void> => {
      if (id === DISPATCH) return hooks.dispatcher.wake()
      if (id === FORGET) return hooks.sweep.wake()
      return home.wake(id)
    },

    /** The only way to start: takes up every task that has not ended. */
    recover: async (): Promise<number> => {
      await ledger.start()
      await hooks.start()
      return home.recover()
    },
  }
}
