/** Rules over canonical fields, as data: what must, may not or need not be sent together, and how long or large. */

type Scalar = string | number | boolean | null

/** From, and up to: null where there is no upper end. */
export type Range = readonly [low: number, high: number | null]

/** Matches when every named field has one of the given values; an absent field matches `null`. */
export type When = Readonly<Record<string, Scalar | readonly Scalar[]>>

/**
 * One statement of a provider (or of the canonical language itself) about a request.
 * `ignored` means that the provider takes the field and does nothing with it: a warning, not a refusal.
 * `max` counts characters (Unicode code points); `range` and `step` are in the field's own unit.
 */
export type Rule = {
  readonly when?: When
  /** Only where this field is there, whatever it holds. */
  readonly with?: string
  /** Only where none of these is there. */
  readonly without?: readonly string[]
  readonly source: string
} & (
  | { readonly require: string }
  | { readonly forbid: string }
  | { readonly ignored: string }
  | { readonly max: number; readonly field: string }
  | { readonly range: Range; readonly field: string }
  | { readonly step: number; readonly field: string }
  /** `field` minus `from` lies in this range. */
  | { readonly span: Range; readonly field: string; readonly from: string }
)
