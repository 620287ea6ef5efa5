/** The objects by name, as if they were here. */
import type { DurableObjectNamespace } from '@cloudflare/workers-types'
import { taskOfOwn } from '../../engine/ids.ts'
import type { HubForTasks, TaskForOthers } from './apis.ts'
import { type Remote, type Reply, remote } from './remote.ts'
import type { Env } from './settings.ts'

interface Callable {
  readonly call: (name: string, asked: readonly unknown[]) => Promise<Reply>
}

const HUB = 'hub'

/** The 25 characters that a task shares with all it has made: the name of its object. */
export const stemOf = (id: string): string => id.slice(id.indexOf('_') + 1, -1)

/** A stub that failed once is of no use any more: each call has its own. */
const at = <Api>(objects: DurableObjectNamespace, name: string): Remote<Api> =>
  remote<Api>((method, asked) => (objects.getByName(name) as unknown as Callable).call(method, asked))

/** The object of a task, or of anything it has made. */
export const taskAt = <Api = TaskForOthers>({ TASKS }: Env, id: string): Remote<Api> =>
  at<Api>(TASKS, stemOf(taskOfOwn(id)))

export const hubOf = <Api = HubForTasks>({ HUB: objects }: Env): Remote<Api> => at<Api>(objects, HUB)
