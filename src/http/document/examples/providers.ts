/** Providers, and the figures of the gateway. */
import type { Capability } from '../../../canonical/provider.ts'
import { at, CREATED, type Examples, PROVIDER } from './example.ts'

export const unwell = { why: 'provider_credits_exhausted', since: CREATED, retry_at: at('09:40:00') } as const

export const capability: Capability = {
  provider: PROVIDER,
  operation: 'generateMusic',
  models: ['v5.5', 'v5', 'v4.5'],
  fields: {
    lyrics: 'exact',
    style: 'exact',
    style_weight: 'lossy',
    vocal_gender: 'exact',
    duration_seconds: 'unsupported',
  },
  rules: [
    {
      field: 'title',
      rule: 'max',
      value: [80],
      when: { model: ['v4.5', 'v5'] },
      source: 'Documentation of Aria, 2026-11-01',
    },
    {
      field: 'persona_id',
      rule: 'forbid',
      value: [],
      when: { mode: ['describe'] },
      source: 'Documentation of Aria, 2026-11-01',
    },
  ],
}

export const metricsExamples: Examples = {
  figures: {
    summary: 'Two of many lines',
    value:
      'tutti_tasks_queued 0\ntutti_attempts_total{provider="aria",operation="generateMusic",outcome="accepted"} 12\n',
  },
}
