/** The mashup request of the suno-relay dialect: kie.md 7.8; apibox.md 6.26 names the sources and refers to it. */
import * as z from 'zod'
import { ComposedMashup, DescribedMashup } from '../../../src/canonical/mashupMusic.ts'
import { fields, implied } from '../../../src/contract/codec.ts'
import { balance, callback_url, model } from './controls.ts'

const rest = {
  mode: implied,
  audio_urls: 'uploadUrlList',
  instrumental: 'instrumental',
  ...balance,
  duration_seconds: 'duration',
  model,
  callback_url,
} as const

export const submission = z.union([
  fields(DescribedMashup, { ...rest, description: 'prompt' }, { constants: { customMode: false } }),
  fields(
    ComposedMashup,
    { ...rest, lyrics: 'prompt', style: 'style', title: 'title' },
    { constants: { customMode: true } },
  ),
])
