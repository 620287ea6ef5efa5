/** The words of an extension in the suno-relay dialect: kie.md 7.2, 7.4; apibox.md 6.2, 6.4. */
import { ExtensionMode } from '../../../src/canonical/words.ts'
import { unsupported, vocabulary } from '../../../src/contract/codec.ts'
import { callback_url, controls, model, persona } from './controls.ts'

/** True asks for parameters of its own, whatever the name suggests (apibox.md quirk 14). */
const modes = vocabulary(ExtensionMode, { inherit: [false], compose: [true] })

export const extension = {
  mode: ['defaultParamFlag', modes],
  lyrics: 'prompt',
  style: 'style',
  title: 'title',
  continue_at_seconds: 'continueAt',
  instrumental: 'instrumental',
  ...controls,
  ...persona,
  model,
  callback_url,
} as const

/** The track alone is named. */
export const source = {
  provider_task_id: unsupported,
  provider_track_id: 'audioId',
  track_index: unsupported,
} as const
