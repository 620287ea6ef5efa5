/** Generated submissions of any form: drawn from its schema, its language's rules, and an adapter's own models and rules. */
import fc from 'fast-check'
import * as z from 'zod'
import { COVER_RULES } from '../../src/canonical/coverMusic.ts'
import { EXTEND_RULES } from '../../src/canonical/extendMusic.ts'
import { GENERATE_MUSIC_RULES } from '../../src/canonical/generateMusic.ts'
import { MASHUP_RULES } from '../../src/canonical/mashupMusic.ts'
import { SECTION_RULES } from '../../src/canonical/replaceSection.ts'
import type { Rule } from '../../src/canonical/rule.ts'
import { STEM_RULES } from '../../src/canonical/separateStems.ts'
import { VOICE_RULES } from '../../src/canonical/voice.ts'
import type { Adapter } from '../../src/contract/adapter.ts'
import type { Form } from '../../src/contract/operations.ts'
import { brokenRules, fieldOf } from '../../src/contract/rules.ts'
import { SUBMISSIONS } from '../../src/contract/submissions.ts'
import { termsOf } from './reading.ts'

type Request = Readonly<Record<string, unknown>>
type Rules = readonly Rule[]

/** What the language itself says of a form, whichever provider answers. */
const LANGUAGE: { readonly [F in Form]?: Rules } = {
  generateMusic: GENERATE_MUSIC_RULES,
  generateMinimax: GENERATE_MUSIC_RULES,
  extendMusic: EXTEND_RULES,
  extendAudio: EXTEND_RULES,
  coverMusic: COVER_RULES,
  mashupMusic: MASHUP_RULES,
  replaceSection: SECTION_RULES,
  replaceAudioSection: SECTION_RULES,
  separateStems: STEM_RULES,
  startVoice: VOICE_RULES,
}

/** What the engine says wherever it can, though a client of a face may not: src/engine/submission.ts. */
const ALWAYS = new Set(['provider_task_id', 'provider_track_id', 'track_index', 'callback_url', 'model'])
const SAYS_INSTRUMENTAL = new Set<Form>(['generateMusic', 'generateMinimax', 'coverMusic', 'mashupMusic'])

const SHORT = 40

/** Longer than any text that a provider is documented to limit. */
const LONG = 12_000

/** Short texts of any script, and now and then one of exactly the longest length that the rules allow here. */
const text = (rules: Rules, field: string, at: Request): fc.Arbitrary<string> => {
  const longest = rules.flatMap((rule) =>
    'max' in rule &&
    rule.field === field &&
    brokenRules([rule], { ...at, [field]: 'é'.repeat(rule.max + 1) }).length > 0
      ? [rule.max]
      : [],
  )
  const most = Math.min(LONG, ...longest)
  const length = Math.min(SHORT, most)
  const short = fc
    .string({ minLength: 1, maxLength: length, unit: 'grapheme' })
    .filter((each) => each.trim() !== '' && [...each].length <= length)
  return fc.oneof({ weight: 9, arbitrary: short }, { weight: 1, arbitrary: fc.constant('🎵'.repeat(most)) })
}

const url = fc.uuid().map((id) => `https://files.example/${id}.mp3`)
const callback = fc.constant('https://tutti.example/cb/1')
const folder = fc.constantFrom('tutti', 'tutti/2026-11')
const content = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('base64'))

const isUrl = (schema: z.ZodType) =>
  schema.safeParse('https://files.example/a.mp3').success && !schema.safeParse('files.example').success

const string = (schema: z.ZodType, rules: Rules, field: string, at: Request) => {
  if (field === 'callback_url') return callback
  if (field === 'content_base64') return content
  if (field === 'folder') return folder
  if (isUrl(schema)) return url
  return field.endsWith('_id') ? fc.uuid() : text(rules, field, at).filter((each) => schema.safeParse(each).success)
}

/** Where nothing is said about the largest number, so far above the smallest. */
const REACH = 600
/** Where nothing is said about steps, a real number is one of these. */
const FINEST = 0.001

const stepOf = (schema: z.ZodNumber, rules: Rules, field: string) =>
  Math.max(
    schema.format === 'safeint' ? 1 : FINEST,
    ...rules.flatMap((rule) => ('step' in rule && rule.field === field ? [rule.step] : [])),
  )

/** Multiples of a step between two numbers, and now and then one of these themselves. */
const steps = (step: number, low: number, high: number): fc.Arbitrary<number> => {
  const perOne = Math.round(1 / step)
  const [first, last] = [Math.ceil(low * perOne - 1e-9), Math.floor(high * perOne + 1e-9)]
  return fc
    .oneof({ weight: 9, arbitrary: fc.integer({ min: first, max: last }) }, fc.constantFrom(first, last))
    .map((each) => each / perOne)
}

const number = (schema: z.ZodNumber, rules: Rules, field: string, at: Request) => {
  const step = stepOf(schema, rules, field)
  const low = schema.minValue ?? 0
  const ranges = rules.flatMap((rule) =>
    'range' in rule && rule.field === field && brokenRules([rule], { ...at, [field]: Number.MAX_VALUE }).length > 0
      ? [rule.range]
      : [],
  )
  const least = Math.max(Number.isFinite(low) ? low : 0, ...ranges.map(([from]) => from))
  const highest = Math.min(
    schema.maxValue !== null && schema.maxValue < Number.MAX_SAFE_INTEGER ? schema.maxValue : least + REACH,
    ...ranges.flatMap(([, to]) => to ?? []),
  )
  return steps(step, least, highest)
}

const LENGTHS = [0, 1, 2, 3]
/** Asked of the schema itself: its checks on length are those that speak of no item. */
const takesLength = (schema: z.ZodArray, length: number) =>
  schema.safeParse(Array(length)).error?.issues.every(({ path }) => path.length > 0) !== false
const listOf = (element: fc.Arbitrary<unknown>, length: number) =>
  fc.array(element, { minLength: length, maxLength: length })

const within = (schema: z.ZodType, rules: Rules, field: string, at: Request): fc.Arbitrary<unknown> => {
  if (schema instanceof z.ZodOptional) return within(schema.unwrap() as z.ZodType, rules, field, at)
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options)
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values)
  if (schema instanceof z.ZodBoolean) return fc.boolean()
  // A song comes as two tracks.
  if (field === 'track_index') return fc.constantFrom(0, 1)
  if (schema instanceof z.ZodNumber) return number(schema, rules, field, at)
  if (schema instanceof z.ZodString) return string(schema, rules, field, at)
  if (schema instanceof z.ZodArray) {
    const element = within(schema.element as z.ZodType, rules, field, at)
    return fc.oneof(...LENGTHS.filter((length) => takesLength(schema, length)).map((length) => listOf(element, length)))
  }
  throw new Error(`no submissions can be made of ${schema.def.type} (${field})`)
}

type Shape = Readonly<Record<string, z.ZodType>>
const bare = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional ? bare(schema.unwrap() as z.ZodType) : schema
const isWord = (schema: z.ZodType) =>
  [z.ZodEnum, z.ZodLiteral, z.ZodBoolean].some((kind) => bare(schema) instanceof kind)
const pick = (shape: Shape, keep: (schema: z.ZodType, field: string) => boolean): Shape =>
  Object.fromEntries(Object.entries(shape).filter(([field, schema]) => keep(schema, field)))

/** Values for all fields of a shape. Which of the optional ones are sent is said apart. */
const values = (shape: Shape, rules: Rules, models: readonly string[], at: Request): fc.Arbitrary<Request> =>
  fc.record(
    Object.fromEntries(
      Object.entries(shape).map(([field, schema]) => [
        field,
        field === 'model' ? fc.constantFrom(...models) : within(schema, rules, field, at),
      ]),
    ),
  )

/** Which fields are sent: those that have to be, and any of the others. */
const sent = (shape: Shape, always: (field: string) => boolean): fc.Arbitrary<readonly string[]> => {
  const fields = Object.keys(shape)
  const optional = fields.filter((field) => shape[field]!.isOptional() && !always(field))
  return fc
    .oneof({ weight: 4, arbitrary: fc.subarray(optional) }, fc.constantFrom(optional, []))
    .map((some) => fields.filter((field) => !optional.includes(field) || some.includes(field)))
}

const only = (all: Request, fields: Iterable<string>): Request =>
  Object.fromEntries([...fields].map((field) => [field, all[field]]))

/** What the rules do not allow beside the rest is left out and what they ask for is added, as routing would have it. */
const lawful = (rules: Rules, shape: Shape, all: Request, fields: readonly string[]): Request => {
  const kept = new Set(fields)
  for (let turn = 0; turn < 4; turn += 1) {
    for (const { field, code } of brokenRules(rules, only(all, kept))) {
      if (code === 'required' && field in shape) kept.add(field)
      else if (shape[field]?.isOptional()) kept.delete(field)
    }
  }
  return only(all, kept)
}

/** Ends that are told by how far they are from their beginnings. */
const spanned = (rules: Rules, shape: Shape, all: Request): fc.Arbitrary<Request> => {
  const spans = rules.flatMap((rule) =>
    'span' in rule && rule.field in shape && typeof all[rule.from] === 'number' ? [rule] : [],
  )
  const [first] = spans
  if (first === undefined) return fc.constant(all)
  const own = spans.filter((rule) => rule.field === first.field)
  const low = Math.max(...own.map((rule) => rule.span[0]))
  const high = Math.min(low + REACH, ...own.flatMap((rule) => rule.span[1] ?? []))
  const step = stepOf(bare(shape[first.field]!) as z.ZodNumber, rules, first.field)
  const from = all[first.from] as number
  return steps(step, low, high).map((length) => ({
    ...all,
    [first.field]: Math.round((from + length) / step) / Math.round(1 / step),
  }))
}

const ofShape = (
  shape: Shape,
  rules: Rules,
  models: readonly string[],
  always: (field: string) => boolean,
): fc.Arbitrary<Request> =>
  fc
    .tuple(values(pick(shape, isWord), rules, models, {}), sent(shape, always))
    .chain(([words, fields]) => {
      const at = only(
        words,
        Object.keys(words).filter((field) => fields.includes(field)),
      )
      return values(
        pick(shape, (schema) => !isWord(schema)),
        rules,
        models,
        at,
      )
        .map((rest): Request => ({ ...words, ...rest }))
        .chain((all) => spanned(rules, shape, all))
        .map((all) => lawful(rules, shape, all, fields))
    })
    .filter((request) => brokenRules(rules, request).length === 0)

const shapesOf = (schema: z.ZodType): Shape[] =>
  schema instanceof z.ZodUnion
    ? schema.options.flatMap((option) => shapesOf(option as z.ZodType))
    : [(schema as z.ZodObject).shape as Shape]

/** Submissions of a form that its language and this adapter's models and rules allow. */
export const submissionsTo = (adapter: Adapter, form: Form): fc.Arbitrary<Request> => {
  const { models, rules: declared } = termsOf(adapter, form)
  const rules: Rules = [...(LANGUAGE[form] ?? []), ...declared]
  const always = (field: string) => ALWAYS.has(field) || (field === 'instrumental' && SAYS_INSTRUMENTAL.has(form))
  // Where a form has no models the engine names none.
  const own = (schema: z.ZodType, field: string) => field !== 'model' || models.length > 0 || !schema.isOptional()
  return fc.oneof(...shapesOf(SUBMISSIONS[form]).map((shape) => ofShape(pick(shape, own), rules, models, always)))
}

/** Rules about fields that the form's submission does not have: nothing would ever keep to them. */
export const idleRules = (adapter: Adapter, form: Form): string[] => {
  const fields = new Set(shapesOf(SUBMISSIONS[form]).flatMap((shape) => Object.keys(shape)))
  // Of audio there is a length beside what is sent, where it is known.
  if (fields.has('audio_url') || fields.has('audio_urls')) fields.add('source_seconds')
  return termsOf(adapter, form)
    .rules.filter((rule) => !fields.has(fieldOf(rule)))
    .map((rule) => JSON.stringify(rule))
}
