/** The cover request of the suno-relay dialect: kie.md 7.3, apibox.md 6.3. */
import * as z from 'zod'
import { ComposedCover, DescribedCover } from '../../../src/canonical/coverMusic.ts'
import { fields, implied } from '../../../src/contract/codec.ts'
import { callback_url, controls, model, persona } from './controls.ts'

const rest = {
  mode: implied,
  audio_url: 'uploadUrl',
  instrumental: 'instrumental',
  ...controls,
  duration_seconds: 'duration',
  ...persona,
  model,
  callback_url,
} as const

/** As in generateMusic `customMode` tells whether `prompt` is the idea or the lyrics. */
export const submission = z.union([
  fields(DescribedCover, { ...rest, description: 'prompt' }, { constants: { customMode: false } }),
  fields(
    ComposedCover,
    { ...rest, lyrics: 'prompt', style: 'style', title: 'title' },
    { constants: { customMode: true } },
  ),
])
