/** The closed catalogue: every operation with its route, its schemas and what it can answer. */
import { followUps } from './catalogue/follow-ups.ts'
import { keys } from './catalogue/keys.ts'
import { music } from './catalogue/music.ts'
import type { Operation } from './catalogue/operation.ts'
import { preparing } from './catalogue/preparing.ts'
import { providers } from './catalogue/providers.ts'
import { tasks } from './catalogue/tasks.ts'
import { tracks } from './catalogue/tracks.ts'
import { voices } from './catalogue/voices.ts'
import { webhooks } from './catalogue/webhooks.ts'
import type { Scope } from './key.ts'

export { COMMON_ERRORS, type Operation } from './catalogue/operation.ts'

export const catalogue = {
  ...music,
  ...followUps,
  ...voices,
  ...preparing,
  ...tasks,
  ...tracks,
  ...webhooks,
  ...keys,
  ...providers,
} as const satisfies Readonly<Record<string, Operation>>

export type OperationId = keyof typeof catalogue

/** What a key needs for an operation; null where any key will do. */
export const scopeOf = ({ scope, tag, kind }: Operation): Scope | null => {
  if (scope !== undefined) return scope
  if (tag === 'Webhooks') return 'webhooks'
  if (tag === 'Keys') return 'keys'
  return kind === 'read' ? 'read' : 'create'
}
