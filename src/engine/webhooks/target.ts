/** Whether somebody may be sent to a URL that a client names: asked before anything is stored or spent. */
import type { Webhook } from '../../canonical/webhook-target.ts'
import { GatewayError } from '../errors.ts'
import type { World } from '../ports.ts'
import type { Request } from '../state.ts'
import { isLocal, judgeAnswers, judgeUrl } from './url.ts'

type Ports = Pick<World, 'outside' | 'settings'>

/**
 * Refuses bad syntax, and names that are known to lead to addresses that are not public. A name that nobody answers for
 * is judged when it is called.
 * @throws GatewayError webhook_url_forbidden
 */
export const refuseForbidden = async ({ outside, settings }: Ports, text: string, pointer: string): Promise<void> => {
  const refuse = (reason: string): never => {
    throw new GatewayError('webhook_url_forbidden', `${pointer}: ${reason}`, {
      errors: [{ pointer, code: 'url_not_allowed', detail: reason }],
    })
  }
  const verdict = judgeUrl(text, settings)
  if ('refused' in verdict) return refuse(verdict.refused)
  const { url } = verdict
  if (outside === undefined || isLocal(url)) return
  const reason = judgeAnswers(url, await outside.resolve(url.hostname), settings)
  if (reason !== null) refuse(reason)
}

/** The same for a request that names where its task is to be told of. */
export const permission =
  (ports: Ports) =>
  async ({ webhook }: Request): Promise<void> => {
    if (webhook !== undefined) await refuseForbidden(ports, (webhook as Webhook).url, '/webhook/url')
  }
