/** generateMusic at aria: aria.md 4.1. */
import * as z from 'zod'
import { Compose, Describe, type GenerateMusicSubmission } from '../../src/canonical/generateMusic.ts'
import type { TaskBinding } from '../../src/contract/adapter.ts'
import { fields, implied, unsupported } from '../../src/contract/codec.ts'
import { controls, idea, models, rules } from './controls.ts'
import { look, songs, submitTo } from './job.ts'
import { milliseconds } from './units.ts'

const common = {
  ...controls,
  mode: implied,
  duration_seconds: ['how.runs-ms', milliseconds],
  bitrate: unsupported,
  sample_rate: unsupported,
} as const

const submission = z.union([
  fields(Describe, { ...common, description: 'idea' }, { constants: { ask: 'imagine' } }),
  fields(Compose, { ...common, lyrics: 'words', style: 'sound', title: 'name' }, { constants: { ask: 'sing' } }),
])

export const generateMusic: TaskBinding<GenerateMusicSubmission> = {
  submit: submitTo('/songs:make', submission),
  poll: look(songs),
  callback: songs,
  models,
  rules: [...rules, idea],
}
