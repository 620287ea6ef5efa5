/** The little that is used here of parsers that come without types. */
declare module 'webvtt-parser' {
  interface Node {
    readonly type: 'object' | 'text' | 'timestamp'
    readonly value: string | number
    readonly classes?: readonly string[]
    readonly children: readonly Node[]
  }
  interface Cue {
    readonly startTime: number
    readonly endTime: number
    readonly tree: { readonly children: readonly Node[] }
  }
  export class WebVTTParser {
    constructor(entities: Readonly<Record<string, string>>)
    parse(input: string, mode?: string): { cues: readonly Cue[]; errors: readonly { message: string; line: number }[] }
  }
}

declare module 'imsc/src/main/js/doc.js' {
  interface Timed {
    readonly kind: string
    readonly begin: number
    readonly end: number
    readonly contents?: readonly Timed[]
  }
  type Report = (message: string) => void
  export const fromXML: (
    xml: string,
    report: { info: Report; warn: Report; error: Report; fatal: Report },
  ) => { readonly body: Timed | null } | null
}
