/** The style boost of the suno-relay dialect: kie.md 8.3; apibox.md 6.9. */
import { EnhanceStyleSubmission, StyleReport } from '../../../src/canonical/enhanceStyle.ts'
import { fields } from '../../../src/contract/codec.ts'

export const wish = fields(EnhanceStyleSubmission, { style: 'content' })

/** Success is a result that is not empty: `successFlag` was seen as a word in Chinese. */
export const boosted = fields(
  StyleReport,
  { style: 'result' },
  {
    ignored: [
      'taskId',
      'param',
      'creditsConsumed',
      'creditsRemaining',
      'successFlag',
      'errorCode',
      'errorMessage',
      'errorMsg',
      'createTime',
    ],
  },
)
