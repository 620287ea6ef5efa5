/** What is left at each provider: a free read per credential, side by side. */
import { judgeRead } from './outcome.ts'
import type { Access, Credential, World } from './ports.ts'
import { send, upstreamRequest } from './upstream.ts'

const OPERATION = 'getCredits'

const balance = async (world: World, access: Access, credential: Credential) => {
  const { adapter } = access
  const call = adapter.operations[OPERATION]!.call
  const { readTimeout, userAgent } = world.settings
  const how = { timeoutMs: readTimeout, connection: 'pooled', userAgent } as const
  const answer = await send(world.transport, upstreamRequest(access, credential, call, {}, how))
  const reading = judgeRead(adapter, OPERATION, call, answer)
  const remaining = reading.kind === 'read' ? reading.response.remaining : null
  const price = adapter.prices.usdPerCredit
  return {
    provider: adapter.id,
    credential: credential.id,
    remaining,
    usd: remaining === null || price === null ? null : Math.round(remaining * price * 1e6) / 1e6,
    error: reading.kind === 'read' ? null : reading.kind === 'failed' ? reading.failure.code : 'provider_protocol',
  }
}

export const creditsOf = (world: World) =>
  Promise.all(
    world.access
      .filter(({ adapter }) => adapter.operations[OPERATION] !== undefined)
      .flatMap((access) => access.credentials.map((credential) => balance(world, access, credential))),
  )
