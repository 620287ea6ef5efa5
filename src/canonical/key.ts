/** Projects and the keys of clients: what a key may do, and how much of it. */
import * as z from 'zod'
import { text } from './creation.ts'
import { KeyId } from './id.ts'
import { Instant } from './instant.ts'
import { CALL_OPERATIONS, TASK_OPERATIONS } from './operations.ts'
import { paged } from './page.ts'
import { ProviderId } from './routing.ts'

/**
 * `create`: what may cost money, and taking it back; `read`: what was made; `webhooks`: endpoints and deliveries; `keys`: keys of
 * its own project; `providers`: how providers do, what is left there, and the figures of the server.
 */
export const SCOPES = ['create', 'read', 'webhooks', 'keys', 'providers'] as const
export const Scope = z.enum(SCOPES).meta({
  id: 'Scope',
  description:
    '`create`: what may cost money, and taking it back; `read`: what was made; `webhooks`: endpoints and deliveries; `keys`: keys of its own project; `providers`: how providers do, what is left there, and the figures of the server',
})
export type Scope = z.infer<typeof Scope>

/** What a new key may do where nobody says otherwise. */
export const DEFAULT_SCOPES: readonly Scope[] = ['create', 'read', 'webhooks']

/** The project of the bootstrap key. */
export const DEFAULT_PROJECT = 'default'

export const ProjectId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be a short name such as radio-nord')
  .meta({
    description: 'Id of a project: up to 32 small letters, digits and hyphens, a letter first',
    examples: ['radio-nord'],
  })

export const CreateProjectRequest = z
  .strictObject({
    id: ProjectId.describe('Its name for good: up to 32 small letters, digits and hyphens, a letter first'),
    description: text.optional().describe('For you: what it is for'),
  })
  .meta({ id: 'CreateProjectRequest' })
export type CreateProjectRequest = z.infer<typeof CreateProjectRequest>

export const Project = z
  .object({
    id: z.string().describe('The name it was given'),
    object: z.literal('project'),
    description: z.string().nullable().describe('What it is for; null where nobody said'),
    created_at: Instant,
  })
  .meta({ id: 'Project' })
export type Project = z.infer<typeof Project>
export const ProjectList = z
  .object({ data: z.array(Project).describe('Newest first'), ...paged })
  .meta({ id: 'ProjectList' })

/** Operations that a key can be held to. */
export const LIMITED_OPERATIONS = [...TASK_OPERATIONS, ...CALL_OPERATIONS] as const
export type LimitedOperation = (typeof LIMITED_OPERATIONS)[number]
const operations = z.array(z.enum(LIMITED_OPERATIONS)).min(1)
const usd = z.number().min(0).max(1_000_000)

export const KeyLimits = z
  .strictObject({
    requests_per_minute: z.int().min(1).max(60_000).optional().describe('Requests within any 60 seconds'),
    concurrent_tasks: z.int().min(1).max(100_000).optional().describe('Tasks that have not ended, paid calls included'),
    usd_per_day: usd.optional().describe('US dollars from midnight to midnight in UTC'),
    usd_per_month: usd.optional().describe('US dollars from the first of the month in UTC'),
  })
  .meta({ id: 'KeyLimitsRequest' })

export const CreateKeyRequest = z
  .strictObject({
    name: text.describe('For you: where it is used'),
    project: ProjectId.optional().describe(
      'Default the project of the key you send. Only the bootstrap key names another',
    ),
    scopes: z.array(Scope).min(1).optional().describe('Default `create`, `read` and `webhooks`'),
    operations: operations.optional().describe('Of what may cost money, only these. Default all'),
    providers: z.array(ProviderId).min(1).max(16).optional().describe('Only these are asked. Default all'),
    limits: KeyLimits.optional().describe('What it may use at most. Default no limits'),
    expires_at: Instant.optional().describe('When it ends: a time in the future. Default never'),
  })
  .meta({ id: 'CreateKeyRequest' })
export type CreateKeyRequest = z.infer<typeof CreateKeyRequest>

/** Seconds that the key before is good for after a rotation. */
export const LONGEST_OVERLAP = 7 * 86_400
export const DEFAULT_OVERLAP = 86_400

export const RotateKeyRequest = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(LONGEST_OVERLAP)
      .optional()
      .describe('How long the secret before is still taken. Default 86400, a day; 0 ends it now'),
  })
  .meta({ id: 'RotateKeyRequest' })
export type RotateKeyRequest = z.infer<typeof RotateKeyRequest>

const limit = (schema: z.ZodNumber) => schema.nullable()
const key = {
  id: KeyId,
  object: z.literal('key'),
  project: z.string().describe('Id of the project whose tasks it makes and sees'),
  name: z.string().describe('As you named it'),
  hint: z.string().describe('How it begins and ends; empty for the bootstrap key'),
  scopes: z.array(Scope).describe('What it may do'),
  operations: z
    .array(z.enum(LIMITED_OPERATIONS))
    .nullable()
    .describe('Of what may cost money, only these; null for all'),
  providers: z.array(z.string()).nullable().describe('Only these are asked; null for all'),
  limits: z
    .object({
      requests_per_minute: limit(z.int()).describe('Requests within any 60 seconds; null without a limit'),
      concurrent_tasks: limit(z.int()).describe('Tasks that have not ended, paid calls included; null without a limit'),
      usd_per_day: limit(z.number()).describe('US dollars from midnight to midnight in UTC; null without a limit'),
      usd_per_month: limit(z.number()).describe('US dollars from the first of the month in UTC; null without a limit'),
    })
    .describe('What it may use at most'),
  status: z.enum(['active', 'expired', 'revoked']).describe('Only an `active` one is taken'),
  expires_at: Instant.nullable().describe('When it ends; null for never'),
  revoked_at: Instant.nullable().describe('When it was revoked; null where it was not'),
  previous_secret_until: Instant.nullable().describe(
    'Until then the secret before the last rotation is taken as well; null where it no longer is, or there was none',
  ),
  last_used_at: Instant.nullable().describe('To the minute; null where it never was'),
  created_at: Instant,
}
export const Key = z.object(key).meta({ id: 'Key' })
export type Key = z.infer<typeof Key>
export const KeyList = z
  .object({ data: z.array(Key).describe('Newest first, without the bootstrap key'), ...paged })
  .meta({ id: 'KeyList' })

export const KeyWithSecret = z
  .object({ ...key, key: z.string().describe('`tutti_live_…`: shown this once, and stored as a hash only') })
  .meta({ id: 'KeyWithSecret' })
export type KeyWithSecret = z.infer<typeof KeyWithSecret>

const spending = z.object({
  spent_usd: z.number().describe('What was charged, or may have been'),
  reserved_usd: z.number().describe('What tasks that wait for a provider may come to'),
  resets_at: Instant.describe('When the period begins anew'),
})

/** The key that was sent, and what is left to it. */
export const OwnKey = z
  .object({
    ...key,
    usage: z
      .object({
        requests: z
          .object({
            remaining: z.int().describe('Requests that may be sent at once'),
            reset_seconds: z.int().describe('Until the next request is free again, where none remains'),
          })
          .nullable()
          .describe('What is left of `requests_per_minute`; null without a limit'),
        concurrent_tasks: z
          .int()
          .nullable()
          .describe('Tasks that have not ended; null for the bootstrap key, whose tasks are not counted'),
        day: spending.nullable().describe('Money of today in UTC; null for the bootstrap key'),
        month: spending.nullable().describe('Money of this month in UTC; null for the bootstrap key'),
      })
      .describe('What it has used of its limits'),
  })
  .meta({ id: 'OwnKey' })
export type OwnKey = z.infer<typeof OwnKey>

/** Keys of the sandbox begin like this; live mode refuses them. */
export const TEST_KEY_PREFIX = 'tutti_test_'
