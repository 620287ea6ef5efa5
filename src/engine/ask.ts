/** Asking a provider for something that costs money, once. */
import type { Call } from '../contract/adapter.ts'
import type { Form } from '../contract/operations.ts'
import { GatewayError } from './errors.ts'
import { judgePaid, type Outcome } from './outcome.ts'
import type { Access, Credential, UpstreamRequest, World } from './ports.ts'
import type { TaskState } from './state.ts'
import { send, upstreamRequest } from './upstream.ts'

/** Between two tries to store what a provider answered, in milliseconds. */
const STORAGE_PAUSE = 1000

const ask = async <Request, Response>(
  { transport, settings }: World,
  { access, credential }: { readonly access: Access; readonly credential: Credential },
  operation: Form,
  call: Call<Request, Response>,
  request: Request,
  connection: UpstreamRequest['connection'],
): Promise<Outcome<Response>> => {
  const { adapter } = access
  const { userAgent, submitTimeout: timeoutMs } = settings
  let ready: UpstreamRequest
  try {
    ready = upstreamRequest(access, credential, call, request, { userAgent, timeoutMs, connection })
  } catch (error) {
    const detail = error instanceof GatewayError ? error.message : `${adapter.title} could not be asked`
    return { class: 'not_sent', failure: { code: 'adapter_error', detail, provider: adapter.id, retryAfter: null } }
  }
  const answer = await send(transport, ready)
  try {
    return judgePaid(adapter, operation, call, answer)
  } catch (error) {
    return judgePaid(adapter, operation, call, { kind: 'lost', detail: (error as Error).name })
  }
}

/**
 * The outcome of one paid request. It never throws: what can not be said was not sent, what breaks later is unknown.
 * @param task what it is asked for, with the attempt under way
 */
export const askPaid = async <Request, Response>(
  world: World,
  asked: { readonly access: Access; readonly credential: Credential },
  operation: Form,
  call: Call<Request, Response>,
  request: Request,
  connection: UpstreamRequest['connection'],
  task: Pick<TaskState, 'id' | 'trace' | 'attempts'>,
): Promise<Outcome<Response>> => {
  const span = world.tracer?.begin(`submit ${operation}`, 'client', task.trace, {
    'tutti.task_id': task.id,
    'tutti.attempt_id': task.attempts.at(-1)?.id,
    'tutti.provider': asked.access.adapter.id,
    'tutti.credential': asked.credential.id,
  })
  const outcome = await ask(world, asked, operation, call, request, connection)
  const code = outcome.class === 'accepted' ? undefined : outcome.failure.code
  span?.end({ 'tutti.outcome': outcome.class, 'error.type': code }, outcome.class !== 'accepted')
  return outcome
}

/** What a provider said to a paid request is asked for only once: it is kept in memory until it can be stored. */
export const untilStored = async <Result>(
  { log, timers }: World,
  task: string,
  store: () => Promise<Result>,
): Promise<Result> => {
  for (;;) {
    try {
      return await store()
    } catch (error) {
      log('error', 'storage.refused', { task, message: (error as Error).message })
      await timers.sleep(STORAGE_PAUSE)
    }
  }
}
