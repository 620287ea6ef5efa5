/** enhanceStyle at api.box: apibox.md 6.9. */
import type { EnhanceStyleSubmission, StyleReport } from '../../src/canonical/enhanceStyle.ts'
import type { CallBinding } from '../../src/contract/adapter.ts'
import { boosted, wish } from '../dialects/suno-relay/enhanceStyle.ts'

export const enhanceStyle: CallBinding<EnhanceStyleSubmission, StyleReport> = {
  call: { method: 'POST', path: '/api/v1/style/generate', carries: 'json', request: wish, response: boosted },
}
