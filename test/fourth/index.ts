/** Aria, which nobody sells: a fourth provider for tests, as a folder of adapters/ would hold it. */
import { defineAdapter } from '../../src/contract/adapter.ts'
import { alignLyrics } from './alignLyrics.ts'
import { convertToWav } from './convertToWav.ts'
import { coverMusic } from './coverMusic.ts'
import { errors } from './errors.ts'
import { extendMusic } from './extendMusic.ts'
import { generateMusic } from './generateMusic.ts'
import { getCredits } from './getCredits.ts'
import { writeLyrics } from './writeLyrics.ts'

export const aria = defineAdapter({
  id: 'aria',
  title: 'Aria',
  origins: { api: 'https://aria.example/studio' },
  auth: 'bearer',
  envelope: { code: 'outcome.number', success: [0], message: ['outcome.words'], payload: 'reply' },
  refusesWith: 'status',
  callbackUrl: 'optional',
  errors,
  limits: {},
  retention: { audioDays: 30 },
  prices: {
    usdPerCredit: 0.001,
    credits: {
      generateMusic: { v4: 40, 'v4.5': 50, v5: 70 },
      extendMusic: 60,
      coverMusic: 60,
      writeLyrics: 4,
      convertToWav: 3,
      alignLyrics: 5,
      getCredits: 0,
    },
  },
  operations: { generateMusic, extendMusic, coverMusic, writeLyrics, convertToWav, alignLyrics, getCredits },
})
