/** Generated submissions, drawn from an adapter's own models and rules. */
import fc from 'fast-check'
import { GENERATE_MUSIC_RULES } from '../../src/canonical/generateMusic.ts'
import type { Rule } from '../../src/canonical/rule.ts'
import type { Adapter } from '../../src/contract/adapter.ts'
import { brokenRules } from '../../src/contract/rules.ts'

type Request = Readonly<Record<string, unknown>>

const SHORT = 40

/** Short texts of any script, and now and then one of exactly the longest length that the rules allow here. */
const text = (rules: readonly Rule[], field: string, at: Request): fc.Arbitrary<string> => {
  const longest = rules.flatMap((rule) =>
    'max' in rule &&
    rule.field === field &&
    brokenRules([rule], { ...at, [field]: 'é'.repeat(rule.max + 1) }).length > 0
      ? [rule.max]
      : [],
  )
  const short = fc
    .string({ minLength: 1, maxLength: SHORT, unit: 'grapheme' })
    .filter((short) => short.trim() !== '')
    .filter((each) => [...each].length <= SHORT)
  return longest.length === 0
    ? short
    : fc.oneof(
        { weight: 9, arbitrary: short },
        { weight: 1, arbitrary: fc.constant('🎵'.repeat(Math.min(...longest))) },
      )
}

const weight = fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100)

const duration = (rules: readonly Rule[]) => {
  const [[min, max] = [10, 360]] = rules.flatMap((rule) =>
    'range' in rule && rule.field === 'duration_seconds' ? [rule.range] : [],
  )
  return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max))
}

const controls = (rules: readonly Rule[], at: Request) => ({
  instrumental: fc.boolean(),
  callback_url: fc.constant('https://tutti.example/cb/1'),
  negative_style: text(rules, 'negative_style', at),
  vocal_gender: fc.constantFrom('male', 'female'),
  style_weight: weight,
  weirdness: weight,
  audio_weight: weight,
  duration_seconds: duration(rules),
  persona_id: fc.uuid(),
  persona_kind: fc.constantFrom('style', 'voice'),
})

const own = (rules: readonly Rule[], at: Request): Record<string, fc.Arbitrary<string>> =>
  at.mode === 'describe'
    ? { description: text(rules, 'description', at) }
    : { lyrics: text(rules, 'lyrics', at), style: text(rules, 'style', at), title: text(rules, 'title', at) }

const fieldsOf = (rules: readonly Rule[], at: Request): Record<string, fc.Arbitrary<unknown>> => ({
  ...own(rules, at),
  ...controls(rules, at),
})

/** What every submission holds, of what its mode has. */
const REQUIRED = ['description', 'style', 'title', 'instrumental', 'callback_url']

/** What the rules do not allow beside the rest is left out, as routing would have done. */
const lawful = (rules: readonly Rule[], request: Request): Request => {
  const forbidden = brokenRules(rules, request).filter((each) => each.code === 'forbidden')
  return Object.fromEntries(
    Object.entries(request).filter(([field]) => !forbidden.some((each) => each.field === field)),
  )
}

export const submissionsTo = (adapter: Adapter): fc.Arbitrary<Request> => {
  const { models, rules: declared } = adapter.operations.generateMusic!
  const rules: readonly Rule[] = [...GENERATE_MUSIC_RULES, ...declared]
  return fc
    .record({ mode: fc.constantFrom('describe', 'compose'), model: fc.constantFrom(...models) })
    .chain((at) =>
      fc
        .record(fieldsOf(rules, at), { requiredKeys: REQUIRED.filter((field) => field in fieldsOf(rules, at)) })
        .map((rest): Request => lawful(rules, { ...at, ...rest })),
    )
    .filter((request) => brokenRules(rules, request).length === 0)
}
