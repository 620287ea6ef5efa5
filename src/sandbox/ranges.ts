/** Parts of files, as players ask for them: RFC 9110, section 14. */

/** One range of bytes: from a place to another, from a place to the end, or so many of the last. */
const ONE = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/i

interface Range {
  readonly first: number
  readonly last: number
}

/** The range that is asked for, or null where none is, or not in a way that has to be understood: the whole is right then. */
const rangeOf = (header: string | null, size: number): Range | null => {
  const [, from, to, count] = ONE.exec(header ?? '') ?? []
  if (count !== undefined)
    return { first: Number(count) === 0 ? size : Math.max(size - Number(count), 0), last: size - 1 }
  if (from === undefined) return null
  const last = to === '' ? size - 1 : Number(to)
  return to !== '' && last < Number(from) ? null : { first: Number(from), last: Math.min(last, size - 1) }
}

/** Of a file the part that the request asks for. */
export const inPart = async (request: Request, whole: Response): Promise<Response> => {
  if (whole.status !== 200 || request.method !== 'GET') return whole
  const bytes = new Uint8Array(await whole.arrayBuffer())
  const headers = new Headers(whole.headers)
  headers.set('accept-ranges', 'bytes')
  const range = rangeOf(request.headers.get('range'), bytes.length)
  if (range === null) return new Response(bytes, { headers })
  const { first, last } = range
  if (first >= bytes.length)
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${bytes.length}` } })
  headers.set('content-range', `bytes ${first}-${last}/${bytes.length}`)
  return new Response(bytes.subarray(first, last + 1), { status: 206, headers })
}
