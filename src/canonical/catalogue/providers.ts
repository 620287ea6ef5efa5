/** Providers and what they can do. */
import * as z from 'zod'
import { CapabilityList, CreditsList, Provider, ProviderList } from '../provider.ts'
import type { Operation } from './operation.ts'

export const providers = {
  getCredits: {
    kind: 'read',
    scope: 'providers',
    method: 'get',
    path: '/v1/credits',
    tag: 'Providers',
    summary: 'What is left at each configured provider',
    description: 'Asks every provider with its key. A provider that does not answer has `error` set instead.',
    result: CreditsList,
    headers: [],
    errors: [],
  },
  listProviders: {
    kind: 'read',
    scope: 'providers',
    method: 'get',
    path: '/v1/providers',
    tag: 'Providers',
    summary: 'The providers Tutti knows, in routing order',
    description:
      'A provider without a key is listed as `not_configured` and never called. How the others do, and what was seen of them, is what this server remembers since it started.',
    result: ProviderList,
    headers: [],
    errors: [],
  },
  getProvider: {
    kind: 'read',
    scope: 'providers',
    method: 'get',
    path: '/v1/providers/{provider}',
    tag: 'Providers',
    summary: 'One provider, and how it does',
    description: 'The same as its entry in listProviders.',
    params: z.strictObject({ provider: z.string().describe('Id of a provider, see listProviders') }),
    result: Provider,
    headers: [],
    errors: ['not_found'],
  },
  listCapabilities: {
    kind: 'read',
    method: 'get',
    path: '/v1/capabilities',
    tag: 'Providers',
    summary: 'What each provider can do, field by field',
    description: 'Derived from the same tables that requests are translated with.',
    result: CapabilityList,
    headers: [],
    errors: [],
  },
} as const satisfies Readonly<Record<string, Operation>>
