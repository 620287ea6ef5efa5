/** KIE.AI: one screen. Every fact is in the provider's reference, kie.md. */
import { defineAdapter } from '../../src/contract/adapter.ts'
import { balance, noFields } from '../dialects/suno-relay/getCredits.ts'
import { alignLyrics } from './alignLyrics.ts'
import { errors } from './errors.ts'
import { generateMusic } from './generateMusic.ts'

export const kie = defineAdapter({
  id: 'kie',
  title: 'KIE.AI',
  origins: { api: 'https://api.kie.ai', upload: 'https://kieai.redpandaai.co' },
  auth: 'bearer',
  envelope: { code: 'code', success: [200], message: ['msg'], payload: 'data' },
  refusesWith: '200',
  callbackUrl: 'required',
  errors,
  limits: { submits: { count: 20, seconds: 10 }, readsPerTask: { count: 3, seconds: 1 } },
  retention: { audioDays: 14 },
  prices: { usdPerCredit: 0.005, credits: { generateMusic: 12, alignLyrics: 0.5, getCredits: 0 } },
  operations: {
    generateMusic,
    alignLyrics,
    getCredits: {
      call: { method: 'GET', path: '/api/v1/chat/credit', carries: 'query', request: noFields, response: balance },
    },
  },
})
