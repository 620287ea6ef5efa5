/** routing: which provider may serve a request, in OpenRouter's words. */
import * as z from 'zod'
import { Sort } from './words.ts'

export const ProviderId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be the id of a provider, such as listProviders shows them')
  .describe('Id of a provider, see listProviders')
const providers = z.array(ProviderId).min(1).max(16)

export const Routing = z
  .strictObject({
    provider: ProviderId.optional().describe('This provider or none'),
    order: providers.optional().describe('Try these first, in this order'),
    only: providers.optional().describe('Never any other than these'),
    ignore: providers.optional().describe('Never these'),
    sort: Sort.optional().describe(
      'In which order the others are asked: `priority` as configured, `weighted` by chance and configured weights, `price` the cheapest first, `latency` the quickest first, `balance` the most credit left first. Default as configured',
    ),
    allow_fallbacks: z.boolean().optional().describe('Default true: a refused request may go to the next provider'),
    require_parameters: z
      .boolean()
      .optional()
      .describe('Default false. True refuses providers that would ignore a field you sent'),
  })
  .meta({
    id: 'Routing',
    description: 'Which providers may be asked, and in which order. Default all that are configured',
  })
export type Routing = z.infer<typeof Routing>
