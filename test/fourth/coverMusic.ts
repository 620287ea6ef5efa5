/** coverMusic at aria: aria.md 4.3. */
import * as z from 'zod'
import { ComposedCover, type CoverMusicSubmission, DescribedCover } from '../../src/canonical/coverMusic.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, implied, unsupported } from '../../src/contract/codec.ts'
import { controls, idea, models, rules } from './controls.ts'
import { look, songs, submitTo } from './job.ts'

const common = { ...controls, mode: implied, audio_url: 'of.link', duration_seconds: unsupported } as const

const submission = z.union([
  fields(DescribedCover, { ...common, description: 'idea' }, { constants: { ask: 'imagine' } }),
  fields(ComposedCover, { ...common, lyrics: 'words', style: 'sound', title: 'name' }, { constants: { ask: 'sing' } }),
])

export const coverMusic: TaskBinding<CoverMusicSubmission> = {
  submit: submitTo('/songs:again', submission),
  poll: look(songs),
  callback: songs,
  models,
  rules: [...rules, idea],
}
