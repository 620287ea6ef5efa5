/** The contract's own parts: what they refuse at load, and how they read. */
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { PROVIDER_FAILURES } from '../../src/canonical/error.ts'
import { VocalGender } from '../../src/canonical/words.ts'
import {
  blankIsNull,
  decimal,
  fields,
  implied,
  list,
  orNull,
  unsupported,
  vocabulary,
} from '../../src/contract/codec.ts'
import { holds } from '../../src/contract/condition.ts'
import { open, seal } from '../../src/contract/envelope.ts'
import { classify, type ErrorTable, refuseTies, type Signal } from '../../src/contract/errors.ts'
import { freezeDeep } from '../../src/contract/freeze.ts'
import { read, write } from '../../src/contract/paths.ts'
import { brokenRules, ignoredFields } from '../../src/contract/rules.ts'
import { TrackReport } from '../../src/contract/shapes.ts'
import { snapshot } from '../../src/contract/snapshot.ts'

const Song = z.object({
  mode: z.literal('compose'),
  style: z.string(),
  title: z.string().optional(),
  mood: z.string().nullable(),
})

describe('fields', () => {
  const song = fields(
    Song,
    { mode: implied, style: 'meta.tags', title: 'name', mood: unsupported },
    { constants: { custom: true } },
  )
  const wire = { meta: { tags: 'folk' }, name: 'Lamps', custom: true }
  const canonical = { mode: 'compose', style: 'folk', title: 'Lamps', mood: null } as const

  it('reads and writes one table: renames, nested places, constants, what is implied and what is never said', () => {
    expect(z.decode(song, wire)).toEqual(canonical)
    expect(z.encode(song, canonical)).toEqual(wire)
  })

  it('leaves out what is absent', () => {
    expect(z.encode(song, { mode: 'compose', style: 'folk', mood: null })).toEqual({
      meta: { tags: 'folk' },
      custom: true,
    })
  })

  it('refuses wire of a sibling shape', () => {
    expect(z.safeDecode(song, { ...wire, custom: false }).success).toBe(false)
  })

  it('says what no row has, and does not read it', () => {
    const quiet = fields(z.object({ style: z.string() }), { style: 'tags' }, { says: { 'options.public': false } })
    expect(z.encode(quiet, { style: 'folk' })).toEqual({ tags: 'folk', options: { public: false } })
    for (const options of [undefined, {}, { public: true }])
      expect(z.decode(quiet, { tags: 'folk', options })).toEqual({ style: 'folk' })
  })

  it('reads over what no row names', () => {
    expect(z.decode(song, { ...wire, more: 1 })).toEqual(canonical)
  })

  it.each([
    ['one wire name', { mode: implied, style: 'name', title: 'name', mood: unsupported }, {}],
    [
      'a wire name and a constant',
      { mode: implied, style: 'tags', title: 'custom', mood: unsupported },
      { custom: true },
    ],
    ['a place and a place inside of it', { mode: implied, style: 'name.tags', title: 'name', mood: unsupported }, {}],
  ] as const)('refuses two rows that share %s', (_, rows, constants) => {
    expect(() => fields(Song, rows, { constants })).toThrow(/share the wire name/)
  })
})

describe('vocabulary', () => {
  const genders = vocabulary(VocalGender, { male: ['m', 'man'], female: [] })

  it('hears many native words and speaks the first', () => {
    expect(z.decode(genders, 'man')).toBe('male')
    expect(z.encode(genders, 'male')).toBe('m')
  })

  it('refuses a word that it does not know, and names those it does', () => {
    expect(z.safeDecode(genders, 'x').error?.issues[0]?.message).toMatch(/"m"\|"man"/)
  })

  it('refuses to speak a word that the provider does not have', () => {
    expect(z.safeEncode(genders, 'female').error?.issues[0]?.message).toMatch(/no word for female/)
  })

  it('refuses a native word that stands for two of ours', () => {
    expect(() => vocabulary(VocalGender, { male: ['x'], female: ['x'] })).toThrow(/stands for two/)
  })
})

describe('values', () => {
  it.each([
    [0, null],
    ['', null],
    [null, null],
    [undefined, null],
    ['187.52', 187.52],
    [141.2, 141.2],
  ])('decimal reads %j as %j', (wire, canonical) => {
    expect(z.decode(decimal(), wire)).toBe(canonical)
  })

  it('decimal refuses what is no number', () => {
    expect(z.safeDecode(decimal(), 'three minutes').success).toBe(false)
  })

  it('blankIsNull, orNull and list read absence', () => {
    expect(z.decode(blankIsNull(), '')).toBe(null)
    expect(z.encode(blankIsNull(), null)).toBe('')
    expect(z.decode(orNull(z.boolean()), undefined)).toBe(null)
    expect(z.decode(list(z.number()), null)).toEqual([])
  })
})

const heard = (rows: Partial<Record<keyof ErrorTable, Partial<Signal>[]>>): ErrorTable =>
  Object.fromEntries(
    PROVIDER_FAILURES.map((code) => [
      code,
      (rows[code] ?? []).map((signal): Signal => ({ at: 'record', source: 'none', ...signal })),
    ]),
  ) as unknown as ErrorTable

describe('an error table', () => {
  const evidence = {
    at: 'record',
    operation: 'generateMusic',
    status: 'FAILED',
    code: 400,
    message: 'No Credits left',
  } as const

  it.each([
    ['a number outweighs a word of a stage', [{ code: 400 }], [{ status: 'FAILED' }]],
    ['a text outweighs number and word', [{ message: 'credits' }], [{ code: 400, status: 'FAILED' }]],
    ['number and word outweigh the number', [{ code: '400', status: 'FAILED' }], [{ code: 400 }]],
    ['anything outweighs a catch-all', [{ status: 'FAILED' }], [{}]],
  ])('is read by weight: %s', (_, heavy, light) => {
    const table = heard({ provider_timeout: light, content_rejected: heavy })
    expect(() => refuseTies(table)).not.toThrow()
    expect(classify(table, evidence)).toEqual({ code: 'content_rejected' })
  })

  it('knows nothing of what no signal names', () => {
    expect(
      classify(heard({ not_ready: [{ code: 401 }, { at: 'submit' }, { operations: ['alignLyrics'] }] }), evidence),
    ).toBe(null)
  })

  it('says where a failure was paid back', () => {
    const table = heard({ generation_failed: [{ code: 400, charged: 'refunded' }] })
    expect(classify(table, evidence)).toEqual({ code: 'generation_failed', charged: 'refunded' })
  })

  it.each([
    ['the same signal', [{ code: 400 }], [{ code: '400' }]],
    ['two that can meet', [{ operations: ['generateMusic'] }], [{ status: 'FAILED' }]],
    ['a text inside of another', [{ message: 'credits' }], [{ message: 'No credits' }]],
  ] as [string, Partial<Signal>[], Partial<Signal>[]][])('does not load where two codes claim %s', (_, one, two) => {
    expect(() => refuseTies(heard({ not_ready: one, provider_timeout: two }))).toThrow(/claim the same signal/)
  })

  it('loads where the tie is decided by a heavier signal, or can never meet', () => {
    const tied = { not_ready: [{ status: 'A', http: 200 }], provider_timeout: [{ code: 5 }] }
    expect(() => refuseTies(heard(tied))).toThrow()
    const decided = { ...tied, generation_failed: [{ status: 'A', http: 200, code: 5 }] }
    expect(() => refuseTies(heard(decided))).not.toThrow()
    const apart = { not_ready: [{ code: 1 }, { at: 'read', code: 2 } as const], provider_timeout: [{ code: 2 }] }
    expect(() => refuseTies(heard(apart))).not.toThrow()
  })
})

describe('a snapshot', () => {
  const track = fields(TrackReport, {
    provider_track_id: 'id',
    title: ['title', blankIsNull()],
    lyrics: unsupported,
    style: unsupported,
    duration_seconds: unsupported,
    audio_url: ['url', blankIsNull()],
    stream_url: unsupported,
    image_url: unsupported,
    failure: unsupported,
  })
  const record = snapshot({
    task: ['id', 'old.id'],
    tracks: ['items', track],
    none: 'empty',
    stage: [
      { when: { at: 'state', is: 'bad' }, is: 'failed', speaks: { state: 'bad' }, source: 'none' },
      {
        when: { at: 'items', every: { at: 'url', blank: false } },
        is: 'complete',
        speaks: { state: 'good' },
        source: 'none',
      },
    ],
    failure: { code: [], status: ['state'], message: ['why'] },
    ignored: [],
  })

  it('reads a stage from several places, and the task from the first that names it', () => {
    const said = z.decode(record, { id: '', old: { id: 't1' }, items: [{ id: 'a', url: 'https://a.example' }] })
    expect(said).toMatchObject({ provider_task_id: 't1', stage: 'complete', failure: null })
  })

  it('refuses what no row knows, and says the word', () => {
    expect(z.safeDecode(record, { id: 't', state: 'odd' }).error?.issues[0]?.message).toBe('no stage for status odd')
  })

  it('says which track it could not read', () => {
    const { error } = z.safeDecode(record, { id: 't', state: 'bad', items: [{ id: 'a' }, { id: 7 }] })
    expect(error?.issues[0]?.path).toEqual(['items', 1, 'id'])
  })

  it('refuses tracks that are no list', () => {
    expect(z.safeDecode(record, { id: 't', state: 'bad', items: 'none' }).success).toBe(false)
  })

  const link = z.codec(z.string(), z.object({ url: z.string().min(1) }), {
    decode: (url) => ({ url }),
    encode: ({ url }) => url,
  })
  const file = snapshot({
    task: ['id'],
    result: ['made.url', link],
    stage: [
      { when: { at: 'state', is: 1 }, is: 'complete', speaks: { state: 1 }, source: 'none' },
      { when: { at: 'state', is: 0 }, is: 'submitted', speaks: { state: 0 }, source: 'none' },
    ],
    failure: { code: [], status: ['state'], message: [] },
    ignored: [],
  })

  it('reads what is no track once it is complete, and not before', () => {
    const whole = { provider_task_id: 't', stage: 'complete' as const, tracks: [], failure: null, result: { url: 'a' } }
    expect(z.decode(file, { id: 't', state: 1, made: { url: 'a' } })).toEqual(whole)
    expect(z.encode(file, whole)).toEqual({ id: 't', state: 1, made: { url: 'a' } })
    expect(z.decode(file, { id: 't', state: 0, made: { url: 'a' } })).toMatchObject({
      stage: 'submitted',
      result: null,
    })
  })

  it('says where that which was made could not be read', () => {
    const { error } = z.safeDecode(file, { id: 't', state: 1, made: {} })
    expect(error?.issues[0]?.path).toEqual(['made', 'url'])
  })

  it('speaks the words of its stage, and its own signals where there are some', () => {
    const failure = { code: null, status: null, message: 'too long' }
    const said = z.encode(record, { provider_task_id: 't', stage: 'failed', tracks: [], failure })
    expect(said).toEqual({ id: 't', items: [], state: 'bad', why: 'too long' })
  })
})

describe('conditions, paths and rules', () => {
  it('nothing is not everything', () => {
    expect(holds({ at: 'items', every: { at: 'url', blank: false } }, { items: [] })).toBe(false)
    expect(holds({ not: { at: 'items', some: { at: 'url', blank: false } } }, {})).toBe(true)
  })

  it('a star stands for every item', () => {
    const wire = { items: [{ a: 1 }, { a: 2 }] }
    expect(read(wire, 'items.*.a')).toEqual([1, 2])
    write(wire, 'items.*.a', 3)
    expect(wire).toEqual({ items: [{ a: 3 }, { a: 3 }] })
  })

  it('lengths are counted in characters, not in halves of them', () => {
    const rules = [{ field: 'title', max: 2, source: 'none' }] as const
    expect(brokenRules(rules, { title: '🎵🎵' })).toEqual([])
    expect(brokenRules(rules, { title: '🎵🎵🎵' })).toMatchObject([{ field: 'title', code: 'text_too_long' }])
  })

  it('steps are exact where binary fractions are not', () => {
    const rules = [{ field: 'weight', step: 0.01, source: 'none' }] as const
    expect(brokenRules(rules, { weight: 0.29 })).toEqual([])
    expect(brokenRules(rules, { weight: 0.295 })).toMatchObject([{ code: 'too_precise' }])
  })

  it('a rule holds only where it says so', () => {
    const rules = [
      { require: 'lyrics', when: { mode: 'compose', instrumental: [false, null] }, source: 'none' },
      { ignored: 'seed', when: { mode: 'compose' }, source: 'none' },
    ] as const
    expect(brokenRules(rules, { mode: 'compose' })).toMatchObject([{ field: 'lyrics', code: 'required' }])
    expect(brokenRules(rules, { mode: 'compose', instrumental: true })).toEqual([])
    expect(ignoredFields(rules, { mode: 'compose', seed: 1 })).toEqual(['seed'])
    expect(ignoredFields(rules, { mode: 'describe', seed: 1 })).toEqual([])
  })
})

describe('rules about fields beside each other', () => {
  const source = 'none'

  it('hold beside a field, or where there is none of some', () => {
    const rules = [
      { with: 'lyrics', forbid: 'idea', source },
      { without: ['idea', 'lyrics'], require: 'style', source },
    ] as const
    expect(brokenRules(rules, { lyrics: 'la', idea: 'a song' })).toMatchObject([{ field: 'idea', code: 'forbidden' }])
    expect(brokenRules(rules, {})).toMatchObject([{ field: 'style', code: 'required' }])
    expect(brokenRules(rules, { idea: 'a song' })).toEqual([])
  })

  it('measure from one field to another, exactly', () => {
    const rules = [{ span: [0.1, 30], field: 'end', from: 'start', source }] as const
    expect(brokenRules(rules, { start: 0.2, end: 0.3 })).toEqual([])
    expect(brokenRules(rules, { start: 0.2, end: 0.29 })).toMatchObject([{ field: 'end', code: 'out_of_range' }])
    expect(brokenRules(rules, { start: 1, end: 31.01 })).toHaveLength(1)
    expect(brokenRules(rules, { end: 31.01 })).toEqual([])
  })
})

describe('an envelope', () => {
  const envelope = { code: 'code', success: [200], message: ['message', 'msg'], payload: 'data' } as const

  it('opens what it sealed', () => {
    expect(open(envelope, seal(envelope, { a: 1 }))).toMatchObject({ ok: true, code: 200, payload: { a: 1 } })
  })

  it('is not there where no number says how it went', () => {
    expect(open(envelope, { code: '200', data: {} })).toBe(null)
    expect(open(envelope, undefined)).toBe(null)
  })

  it('takes the first text that says something', () => {
    expect(open(envelope, { code: 400, message: '', msg: 'no' })).toMatchObject({
      ok: false,
      message: 'no',
      payload: null,
    })
  })
})

describe('freezing', () => {
  it('reaches all the way down and leaves schemas alone', () => {
    const schema = z.string()
    const table = freezeDeep({ rows: [['a', schema]] })
    expect(Object.isFrozen(table.rows[0])).toBe(true)
    expect(Object.isFrozen(schema)).toBe(false)
  })
})
