/** The upload form of replace-section in the suno-relay dialect: kie.md 7.7, apibox.md 6.10 (E4). */
import { fields } from '../../../src/contract/codec.ts'
import { ReplaceAudioSectionSubmission } from '../../../src/contract/submissions.ts'
import { model } from './controls.ts'
import { section } from './replaceSection.ts'

export const submission = fields(ReplaceAudioSectionSubmission, { ...section, audio_url: 'uploadUrl', model })
