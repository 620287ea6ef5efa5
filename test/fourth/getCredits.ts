/** getCredits at aria: aria.md 8. */
import * as z from 'zod'
import type { CallBinding } from '../../src/contract/adapter.ts'
import { fields } from '../../src/contract/codec.ts'
import { Balance } from '../../src/contract/shapes.ts'
import type { Submissions } from '../../src/contract/submissions.ts'

export const getCredits: CallBinding<Submissions['getCredits'], Balance> = {
  call: {
    method: 'GET',
    path: '/purse:look',
    carries: 'query',
    request: fields(z.object({}), {}),
    response: fields(Balance, { remaining: 'notes.left' }),
  },
}
