/** The sounds request of the suno-relay dialect: kie.md 7.9; apibox.md 6.26 has its path only. */
import { GenerateSoundSubmission } from '../../../src/canonical/generateSound.ts'
import { fields } from '../../../src/contract/codec.ts'
import { callback_url, model } from './controls.ts'

export const submission = fields(GenerateSoundSubmission, {
  description: 'prompt',
  loop: 'soundLoop',
  tempo_bpm: 'soundTempo',
  key: 'soundKey', // spelt alike; any key is none at all, as the page's `Any` is not in its own list
  capture_lyrics: 'grabLyrics',
  model,
  callback_url,
})
