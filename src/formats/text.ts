/** Texts on their way into a grammar: one line of sound Unicode, and characters that would be read as markup made harmless. */

/** A text as one line: no control characters, no broken surrogates, nothing that XML can not hold. */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()

/** From an ASCII character to its fullwidth form: the same to a reader, and no markup to any parser (U+FF01 to U+FF5E). */
const WIDER = 0xfee0

/** Widens what a pattern finds, for grammars that know no escape. Compatibility decomposition (NFKC) gives the text back. */
export const widen = (text: string, markup: RegExp): string =>
  text.replace(markup, (found) => Array.from(found, (each) => String.fromCharCode(each.charCodeAt(0) + WIDER)).join(''))

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Character references, as XML takes them; WebVTT knows the same first three. */
export const escapeMarkup = (text: string, special: RegExp = /[&<>]/g): string =>
  text.replace(special, (each) => ENTITIES[each]!)
