/** Three providers that do not exist: other words, other forms, other limits. */
import { type Adapter, defineAdapter } from '../src/contract/adapter.ts'
import { ERRORS, formsOf, unnamed, type Words } from './dialect.ts'

const AMBER: Words = {
  code: 'code',
  text: 'msg',
  data: 'data',
  job: 'taskId',
  state: 'status',
  parts: 'tracks',
  key: 'id',
  file: 'audioUrl',
  name: 'title',
  ring: 'callBackUrl',
  made: 'response',
  states: {
    fresh: 'PENDING',
    text: 'TEXT_SUCCESS',
    half: 'FIRST_SUCCESS',
    done: 'SUCCESS',
    broken: 'FAILED',
    spoilt: 'ODD',
  },
  knowsHollow: false,
}

const BIRCH: Words = {
  code: 'status_code',
  text: 'message',
  data: 'result',
  job: 'job',
  state: 'phase',
  parts: 'songs',
  key: 'key',
  file: 'file',
  name: 'name',
  ring: 'hook',
  made: 'made',
  states: { fresh: 'new', text: 'words', half: 'half', done: 'ready', broken: 'broken', spoilt: 'spoilt' },
  knowsHollow: true,
}

const CEDAR: Words = {
  ...BIRCH,
  code: 'errno',
  data: 'payload',
  job: 'work_id',
  parts: 'clips',
  file: 'mp3',
  states: { fresh: '0', text: '1', half: '2', done: '3', broken: '-1', spoilt: '-2' },
}

/** Credits of each form, everywhere: each is a cent. */
export const CREDITS = { generateMusic: 10, extendMusic: 8, extendAudio: 9, writeLyrics: 1, alignLyrics: 2 } as const

export const priceOf = (form: string): number => CREDITS[form as keyof typeof CREDITS]

const shared = (id: string, words: Words) =>
  ({
    id,
    title: id,
    origins: { api: `https://${id}.test` as const },
    auth: 'bearer',
    envelope: { code: words.code, success: [200], message: [words.text], payload: words.data },
    refusesWith: 'status',
    errors: ERRORS,
    retention: { audioDays: 14 },
    prices: { usdPerCredit: 0.01, credits: CREDITS },
  }) as const satisfies Partial<Adapter>

const amberForms = formsOf(AMBER, ['v5', 'v4'], true)
const birchForms = formsOf(BIRCH, ['v5'], true)
const cedarForms = formsOf(CEDAR, ['v5', 'v6'], false)

/** Has limits and two keys; goes on with its own tracks only. */
const amber = defineAdapter({
  ...shared('amber', AMBER),
  callbackUrl: 'optional',
  limits: { submits: { count: 5, seconds: 10 }, readsPerTask: { count: 1, seconds: 5 } },
  operations: {
    generateMusic: amberForms.generateMusic,
    extendMusic: amberForms.extendMusic,
    writeLyrics: amberForms.writeLyrics,
    alignLyrics: amberForms.alignLyrics,
  },
})

/** Demands a callback URL, has every form and no limits; of extended audio its callbacks do not say which it is. */
const birch = defineAdapter({
  ...shared('birch', BIRCH),
  callbackUrl: 'required',
  limits: {},
  operations: { ...birchForms, extendAudio: { ...birchForms.extendAudio, ...unnamed(BIRCH) } },
})

/** Never rings. */
const cedar = defineAdapter({
  ...shared('cedar', CEDAR),
  callbackUrl: 'optional',
  limits: { submits: { count: 8, seconds: 10 } },
  operations: { generateMusic: cedarForms.generateMusic, extendAudio: cedarForms.extendAudio },
})

export interface Fake {
  readonly adapter: Adapter
  readonly words: Words
  readonly keys: readonly string[]
}

export const FAKES: readonly Fake[] = [
  { adapter: amber, words: AMBER, keys: ['amber-key-1', 'amber-key-2'] },
  { adapter: birch, words: BIRCH, keys: ['birch-key-1'] },
  { adapter: cedar, words: CEDAR, keys: ['cedar-key-1'] },
]
