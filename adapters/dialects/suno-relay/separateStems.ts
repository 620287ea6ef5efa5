/** The separation record and callback of the suno-relay dialect: kie.md 9.4, 12.5; apibox.md 6.19, 7.4. */
import * as z from 'zod'
import { StemsReport } from '../../../src/canonical/separateStems.ts'
import { blankIsNull, type Codec, decimal, fields, list } from '../../../src/contract/codec.ts'
import type { Condition } from '../../../src/contract/condition.ts'
import { alsoAt, callback as callbackOf, type Family, record as recordOf } from './made.ts'

/** Our names of the stems that have a place of their own: in a record, and in a callback. */
const PLACES = [
  ['Vocals', 'vocalUrl', 'vocal_url'],
  ['Instrumental', 'instrumentalUrl', 'instrumental_url'],
  ['Backing Vocals', 'backingVocalsUrl', 'backing_vocals_url'],
  ['Drums', 'drumsUrl', 'drums_url'],
  ['Bass', 'bassUrl', 'bass_url'],
  ['Guitar', 'guitarUrl', 'guitar_url'],
  ['Piano', 'pianoUrl', 'piano_url'],
  ['Keyboard', 'keyboardUrl', 'keyboard_url'],
  ['Percussion', 'percussionUrl', 'percussion_url'],
  ['Strings', 'stringsUrl', 'strings_url'],
  ['Synth', 'synthUrl', 'synth_url'],
  ['FX', 'fxUrl', 'fx_url'],
  ['Brass', 'brassUrl', 'brass_url'],
  ['Woodwinds', 'woodwindsUrl', 'woodwinds_url'],
] as const

type Stem = StemsReport['stems'][number]

/** snake_case, though all around it is camelCase. */
const Part = z.object({ ...StemsReport.shape.stems.element.shape, url: z.string().nullable() })
const part = fields(Part, {
  name: 'stem_type_group_name',
  url: ['audio_url', blankIsNull()],
  provider_stem_id: ['id', blankIsNull()],
  duration_seconds: ['duration', decimal()],
})

type Key = 1 | 2
const keysOf = (key: Key) => PLACES.map((place) => [place[0], place[key]] as const)

/** The list with the ids counts where there is one: only by an id can a single stem be made into MIDI. */
const stems = (key: Key, ignored: readonly string[]): Codec<StemsReport> => {
  const keys = keysOf(key)
  const wire = z.looseObject({
    ...Object.fromEntries(keys.map(([, at]) => [at, z.string().nullish()])),
    ...Object.fromEntries(ignored.map((at) => [at, z.unknown().optional()])),
    originData: list(part).optional(),
  })
  return z.codec(wire, StemsReport, {
    decode: (found) => {
      const listed = (found.originData ?? []).filter((each): each is Stem => each.url !== null)
      const keyed = keys.flatMap(([name, at]): Stem[] => {
        const url = found[at]
        return typeof url === 'string' && url !== ''
          ? [{ name, url, provider_stem_id: null, duration_seconds: null }]
          : []
      })
      return { stems: listed.length > 0 ? listed : keyed }
    },
    encode: ({ stems: made }) => {
      const keyed = keys.flatMap(([name, at]) => {
        const url = made.find((each) => each.name === name)?.url
        return url === undefined ? [] : [[at, url] as const]
      })
      const more = made.some((each) => each.provider_stem_id !== null || !keys.some(([name]) => name === each.name))
      return { ...Object.fromEntries(keyed), ...(more ? { originData: made } : {}) } as never
    },
  })
}

const someAt = (at: string, key: Key): Condition => ({
  any: [
    { at: `${at}.originData`, some: { at: 'audio_url', blank: false } },
    ...keysOf(key).map(([, name]) => ({ at: `${at}.${name}`, blank: false })),
  ],
})

const words: Family = {
  at: 'successFlag',
  running: ['PENDING'],
  done: ['SUCCESS', 'CALLBACK_EXCEPTION'],
  failed: ['GENERATE_AUDIO_FAILED', 'CREATE_TASK_FAILED'],
  source: 'kie.md 9; apibox.md 8',
}

export const record = recordOf({
  words,
  there: someAt('response', 1),
  result: ['response', stems(1, ['id', 'originUrl'])],
  ignored: ['musicId', 'musicIndex', 'audioId'],
})

interface Dialect {
  /** Both names are heard, whatever the language of the page (kie.md quirk 16). */
  readonly named: readonly [spoken: string, heard: string]
  readonly says: string
  readonly failed: { readonly code: number; readonly text: string }
}

/** Without ids of the stems: those are in the record only. */
export const callback = ({ named: [spoken, heard], says, failed }: Dialect) =>
  alsoAt(
    { [`data.${spoken}`]: `data.${heard}` },
    callbackOf({
      task: 'data.task_id',
      there: someAt(`data.${spoken}`, 2),
      result: [`data.${spoken}`, stems(2, ['origin_url'])],
      says,
      failed,
      source: 'kie.md 12.5; apibox.md 7.4',
      ignored: [`data.${heard}`],
    }),
  )
