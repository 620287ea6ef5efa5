/** api.box: one screen. Every fact is in the provider's reference, apibox.md. */
import { defineAdapter } from '../../src/contract/adapter.ts'
import { balance, noFields } from '../dialects/suno-relay/getCredits.ts'
import { alignLyrics } from './alignLyrics.ts'
import { errors } from './errors.ts'
import { generateMusic } from './generateMusic.ts'

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
  retention: { audioDays: 14 },
  // Only the sister service quotes 12 credits for a song, and no price of a credit is published.
  prices: { usdPerCredit: null, credits: { generateMusic: 12, getCredits: 0 } },
  operations: {
    generateMusic,
    alignLyrics,
    getCredits: {
      call: { method: 'GET', path: '/api/v1/generate/credit', carries: 'query', request: noFields, response: balance },
    },
  },
})
