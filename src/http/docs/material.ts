/** What of the documentation is made when Tutti is built. */

export interface Guide {
  /** Where it is served: `/docs/guides/quickstart`. */
  readonly path: string
  readonly title: string
  readonly summary: string
  readonly html: string
  readonly markdown: string
}

export interface DocsMaterial {
  readonly guides: readonly Guide[]
  /** The renderer of the reference, packed with gzip. Read when it is asked for first. */
  readonly renderer: () => Uint8Array<ArrayBuffer>
}
