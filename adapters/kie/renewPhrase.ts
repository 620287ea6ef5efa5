/** renewPhrase at KIE: kie.md 10, 12.7. */
import * as z from 'zod'
import type { RenewPhraseSubmission } from '../../src/canonical/voice.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import type { Codec } from '../../src/contract/codec.ts'
import { pollAt, submitTo } from '../dialects/suno-relay/followUps.ts'
import { phraseCallback, phraseRecord, renewalRequest } from '../dialects/suno-relay/voice.ts'

const callback = z.string().optional()
/** The schema demands one spelling and the example has the other: both are sent (kie.md 10). */
const bothSpellings: Codec<RenewPhraseSubmission> = z.codec(
  z.looseObject({ calBackUrl: callback, callBackUrl: callback }),
  renewalRequest as z.ZodType<RenewPhraseSubmission, Record<string, unknown>>,
  {
    decode: ({ callBackUrl, ...wire }) => ({ calBackUrl: callBackUrl, ...wire }),
    encode: (wire) => ({ ...wire, callBackUrl: wire.calBackUrl as string | undefined }),
  },
)

export const renewPhrase: TaskBinding<RenewPhraseSubmission> = {
  submit: submitTo('/api/v1/voice/regenerate', bothSpellings),
  poll: pollAt('/api/v1/voice/validate-info', phraseRecord),
  callback: phraseCallback,
  models: [],
  rules: [],
}
