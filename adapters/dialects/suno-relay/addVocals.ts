/** The add-vocals request of the suno-relay dialect: kie.md 7.6, apibox.md 6.6. */
import { AddVocalsSubmission } from '../../../src/canonical/addVocals.ts'
import { fields } from '../../../src/contract/codec.ts'
import { callback_url, controls, model } from './controls.ts'

export const submission = fields(AddVocalsSubmission, {
  audio_url: 'uploadUrl',
  lyrics: 'prompt',
  style: 'style',
  title: 'title',
  ...controls,
  model,
  callback_url,
})
