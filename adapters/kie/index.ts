/** KIE.AI: one screen. Every fact is in the provider's reference, kie.md. */
import { defineAdapter } from '../../src/contract/adapter.ts'
import { balance, noFields } from '../dialects/suno-relay/getCredits.ts'
import { uploadAudio, uploadFromUrl } from '../dialects/suno-relay/uploads.ts'
import { addInstrumental } from './addInstrumental.ts'
import { addVocals } from './addVocals.ts'
import { alignLyrics } from './alignLyrics.ts'
import { checkVoice } from './checkVoice.ts'
import { confirmVoice } from './confirmVoice.ts'
import { convertToWav } from './convertToWav.ts'
import { coverMusic } from './coverMusic.ts'
import { createCoverArt } from './createCoverArt.ts'
import { createMidi } from './createMidi.ts'
import { createPersona } from './createPersona.ts'
import { createVideo } from './createVideo.ts'
import { enhanceStyle } from './enhanceStyle.ts'
import { errors } from './errors.ts'
import { extendAudio } from './extendAudio.ts'
import { extendMusic } from './extendMusic.ts'
import { generateMusic } from './generateMusic.ts'
import { generateSound } from './generateSound.ts'
import { mashupMusic } from './mashupMusic.ts'
import { recoverTrack } from './recoverTrack.ts'
import { renewPhrase } from './renewPhrase.ts'
import { replaceAudioSection } from './replaceAudioSection.ts'
import { replaceSection } from './replaceSection.ts'
import { separateAudio } from './separateAudio.ts'
import { separateStems } from './separateStems.ts'
import { startVoice } from './startVoice.ts'
import { writeLyrics } from './writeLyrics.ts'

/** Both tracks together, of the models it was seen for: what the V6 family costs is not known (kie.md 2, 17). */
const songPrice = { v4: 12, 'v4.5': 12, 'v4.5-plus': 12, 'v4.5-all': 12, v5: 12, 'v5.5': 12 } as const

/** Of the endpoint, whichever form it is asked in (kie.md 2). */
const separationPrice = { field: 'separation', words: { vocals: 10, stems: 50, stem: 20 } } as const

export const kie = defineAdapter({
  id: 'kie',
  title: 'KIE.AI',
  origins: { api: 'https://api.kie.ai', upload: 'https://kieai.redpandaai.co' },
  auth: 'bearer',
  envelope: { code: 'code', success: [200], message: ['msg'], payload: 'data' },
  refusesWith: '200',
  callbackUrl: 'required',
  // kie.md 12.8: only where a key was made on the account's settings page.
  callbackSignature: {
    header: 'x-webhook-signature',
    timestampHeader: 'x-webhook-timestamp',
    signs: ['task', 'timestamp'],
  },
  errors,
  limits: { submits: { count: 20, seconds: 10 }, readsPerTask: { count: 3, seconds: 1 } },
  retention: { audioDays: 14, uploadDays: 3 },
  prices: {
    usdPerCredit: 0.005,
    credits: {
      generateMusic: songPrice,
      extendMusic: songPrice,
      extendAudio: songPrice,
      coverMusic: songPrice,
      addVocals: 12,
      addInstrumental: 12,
      alignLyrics: 0.5,
      writeLyrics: 0.4,
      convertToWav: 0.4,
      separateStems: separationPrice,
      separateAudio: separationPrice,
      createVideo: 2,
      createCoverArt: 0,
      createPersona: 0,
      enhanceStyle: 0.4,
      uploadAudio: 0,
      uploadFromUrl: 0,
      getCredits: 0,
    },
  },
  operations: {
    generateMusic,
    extendMusic,
    extendAudio,
    coverMusic,
    addVocals,
    addInstrumental,
    replaceSection,
    replaceAudioSection,
    mashupMusic,
    generateSound,
    alignLyrics,
    writeLyrics,
    convertToWav,
    separateStems,
    separateAudio,
    createMidi,
    createVideo,
    createCoverArt,
    startVoice,
    renewPhrase,
    confirmVoice,
    recoverTrack,
    createPersona,
    checkVoice,
    enhanceStyle,
    uploadAudio,
    uploadFromUrl,
    getCredits: {
      call: { method: 'GET', path: '/api/v1/chat/credit', carries: 'query', request: noFields, response: balance },
    },
  },
})
