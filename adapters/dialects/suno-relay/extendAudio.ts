/** The upload form of an extension in the suno-relay dialect: kie.md 7.4, apibox.md 6.4. */
import { fields } from '../../../src/contract/codec.ts'
import { ExtendAudioSubmission } from '../../../src/contract/submissions.ts'
import { extension } from './extendMusic.ts'

export const submission = fields(ExtendAudioSubmission, { ...extension, audio_url: 'uploadUrl' })
