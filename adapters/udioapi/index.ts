/** udioapi.pro: one screen. Every fact is in the provider's reference, udioapi.md. */
import * as z from 'zod'
import { defineAdapter } from '../../src/contract/adapter.ts'
import { fields } from '../../src/contract/codec.ts'
import { Balance } from '../../src/contract/shapes.ts'
import { alignLyrics } from './alignLyrics.ts'
import { coverMusic } from './coverMusic.ts'
import { createCoverArt } from './createCoverArt.ts'
import { errors } from './errors.ts'
import { extendMusic } from './extendMusic.ts'
import { generateMinimax } from './generateMinimax.ts'
import { generateMusic } from './generateMusic.ts'

export const udioapi = defineAdapter({
  id: 'udioapi',
  title: 'udioapi.pro',
  origins: { api: 'https://udioapi.pro/api' },
  auth: 'bearer',
  // Cover routes say `msg` where all others say `message`.
  envelope: { code: 'code', success: [200], message: ['message', 'msg'], status: 'status', payload: 'data' },
  refusesWith: 'status',
  callbackUrl: 'optional',
  errors,
  limits: {},
  // Of songs it is not stated; the upstream family keeps them 14 to 15 days.
  retention: { audioDays: 14, days: { coverMusic: 15, createCoverArt: 14 } },
  prices: {
    usdPerCredit: 0.01, // the plans seen: 10 USD for 1,000 credits
    credits: {
      generateMusic: { 'v3.5': 5, v4: 8, 'v4.5': 10, 'v4.5-plus': 10, v5: 12, 'v5.5': 12 },
      generateMinimax: 30,
      // Of an extension it is not stated.
      coverMusic: { v4: 8, 'v4.5': 10, 'v4.5-plus': 10, 'v4.5-all': 10, v5: 12 },
      createCoverArt: 1,
      alignLyrics: 2,
      getCredits: 0,
    },
  },
  operations: {
    generateMusic,
    generateMinimax,
    extendMusic,
    coverMusic,
    createCoverArt,
    alignLyrics,
    getCredits: {
      call: {
        method: 'GET',
        path: '/v2/credits',
        carries: 'query',
        request: fields(z.object({}), {}),
        response: fields(Balance, { remaining: 'credits' }, { ignored: ['used_credits'] }),
      },
    },
  },
})
