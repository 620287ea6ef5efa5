/** What is kept of a task that was deleted: what it cost, and at whom. */
import * as z from 'zod'
import { AttemptId, KeyId, TaskId } from './id.ts'
import { Instant } from './instant.ts'
import { CALL_OPERATIONS, TASK_OPERATIONS } from './operations.ts'
import { Billing } from './task.ts'
import { AttemptState, Charged, Model, TaskStatus } from './words.ts'

export const DeletedTask = z
  .object({
    id: TaskId.describe('Follows from the Idempotency-Key, where there was one: that key makes nothing new'),
    object: z.literal('task'),
    deleted: z.literal(true).describe('That it is gone'),
    project: z.string().describe('Id of the project that it was made in'),
    operation: z.enum([...TASK_OPERATIONS, ...CALL_OPERATIONS]).describe('The operationId. More may appear'),
    status: TaskStatus.describe('How it had ended'),
    livemode: z.boolean().describe('False in the sandbox: nothing was bought'),
    key: KeyId.nullable().describe('The key whose limits it counted for; null for the bootstrap key'),
    billing: Billing,
    attempts: z
      .array(
        z.object({
          id: AttemptId,
          provider: z.string().describe('Id of the provider that was asked'),
          credential: z.string().describe('The key it was asked with, by its name or a fingerprint'),
          model: Model.nullable().describe(
            'The model asked for; null where the provider takes none, or it is not known',
          ),
          state: AttemptState,
          provider_task_id: z.string().nullable().describe('Id of the task there; null where it was never known'),
          charged: Charged,
          credits: z.number().nullable().describe("In the provider's own credits; null where its price is not known"),
          usd: z.number().nullable().describe('By the documented price of a credit; null where it is not known'),
          created_at: Instant,
        }),
      )
      .describe('Every submission to a provider, in order'),
    created_at: Instant,
    deleted_at: Instant,
    deleted_by: z
      .enum(['client', 'retention'])
      .describe('`client`: deleteTask; `retention`: it was as old as tasks may become here'),
    kept_until: Instant.describe('Then this is deleted as well'),
  })
  .meta({ id: 'DeletedTask' })
export type DeletedTask = z.infer<typeof DeletedTask>
