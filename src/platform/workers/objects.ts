/** The objects by name, as if they were here. */
import type { DurableObjectNamespace } from '@cloudflare/workers-types'
import { taskOfOwn } from '../../engine/ids.ts'
import type { HealthForTasks, LimitsForTasks, TaskForOthers, WebhooksForTasks } from './apis.ts'
import { type Remote, type Reply, remote } from './remote.ts'
import type { Env } from './settings.ts'

interface Callable {
  readonly call: (name: string, asked: readonly unknown[], region?: string) => Promise<Reply>
}

/** There is one of each. */
export const ONLY = 'only'

/** The 25 characters that a task shares with all it has made: the name of its object. */
export const stemOf = (id: string): string => id.slice(id.indexOf('_') + 1, -1)

/** A stub that failed once is of no use any more: each call has its own. */
const at = <Api>(objects: DurableObjectNamespace, name: string, region?: string): Remote<Api> =>
  remote<Api>((method, asked) => (objects.getByName(name) as unknown as Callable).call(method, asked, region))

/** The object of a task, or of anything it has made. @param region where it is to be made, if it is */
export const taskAt = <Api = TaskForOthers>({ TASKS }: Env, id: string, region?: string): Remote<Api> =>
  at<Api>(TASKS, stemOf(taskOfOwn(id)), region)

/** Keys, their limits, and the published ones of the providers. */
export const limitsOf = <Api = LimitsForTasks>({ LIMITS }: Env): Remote<Api> => at<Api>(LIMITS, ONLY)

/** How the providers do, as a region sees them. */
export const healthOf = <Api = HealthForTasks>({ HEALTH }: Env, region: string): Remote<Api> =>
  at<Api>(HEALTH, region, region)

/** Endpoints, and what they are told. */
export const webhooksOf = <Api = WebhooksForTasks>({ WEBHOOKS }: Env): Remote<Api> => at<Api>(WEBHOOKS, ONLY)
