/** The add-instrumental request of the suno-relay dialect: kie.md 7.5, apibox.md 6.5. */
import { AddInstrumentalSubmission } from '../../../src/canonical/addInstrumental.ts'
import { fields } from '../../../src/contract/codec.ts'
import { callback_url, controls, model } from './controls.ts'

export const submission = fields(AddInstrumentalSubmission, {
  audio_url: 'uploadUrl',
  style: 'tags', // `style` beside it, in add-vocals
  title: 'title',
  ...controls,
  model,
  callback_url,
})
