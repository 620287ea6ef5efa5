/** api.box: one screen. Every fact is in the provider's reference, apibox.md. */
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
import { separateStems } from './separateStems.ts'
import { startVoice } from './startVoice.ts'
import { writeLyrics } from './writeLyrics.ts'

export const apibox = defineAdapter({
  id: 'apibox',
  title: 'api.box',
  origins: { api: 'https://api.api.box', upload: 'https://apibox.redpandaai.co' },
  auth: 'bearer',
  envelope: { code: 'code', success: [200], message: ['msg'], payload: 'data' },
  refusesWith: '200',
  callbackUrl: 'required',
  errors,
  limits: { submits: { count: 20, seconds: 10 } },
  retention: {
    audioDays: 14,
    uploadDays: 3,
    days: { extendMusic: 15, coverMusic: 15, convertToWav: 15, createVideo: 15, writeLyrics: 15 },
  },
  // Only the sister service quotes 12 credits for a song, and no price of a credit is published.
  prices: {
    usdPerCredit: null,
    credits: {
      generateMusic: 12,
      separateStems: { field: 'separation', words: { vocals: 10, stems: 50 } },
      // Said of the upload service that it shares with another reseller (kie.md 13.3).
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
      call: { method: 'GET', path: '/api/v1/generate/credit', carries: 'query', request: noFields, response: balance },
    },
  },
})
