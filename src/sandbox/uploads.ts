/** Files that clients leave at a simulated upstream: kept in its database for some days, or as a link to where they are. */
import type { Submissions } from '../contract/submissions.ts'
import { hex } from '../engine/ids.ts'
import type { Statement } from '../engine/ports.ts'
import type { StudioWorld } from './studio.ts'

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  m4a: 'audio/mp4',
  mp4: 'video/mp4',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  png: 'image/png',
}
const endingOf = (name: string | undefined) => /\.(\w{1,5})$/.exec(name ?? '')?.[1]?.toLowerCase()
const DATA_URL = /^data:([^;,]*)[^,]*,/

const DAY = 86_400_000
/** Letters of one piece: a value in the database of an object holds two megabytes at most. */
const PIECE = 1_000_000
const piecesOf = (content: string) =>
  Array.from({ length: Math.ceil(content.length / PIECE) }, (_, at) => content.slice(at * PIECE, (at + 1) * PIECE))

/** Number of bytes that Base64 stands for. */
const sizeOf = (content: string) => Math.floor((content.replace(/=+$/, '').length * 3) / 4)

type Place = Pick<Submissions['uploadAudio'], 'folder' | 'file_name'>

interface ShelfWorld extends Omit<StudioWorld, 'pace'> {
  /** How long files are kept, as the provider says. */
  readonly days: number
}

export const uploadShelf = ({ provider, sql, entropy, clock, days }: ShelfWorld, at: (file: string) => string) => {
  interface Kept {
    readonly content: string | null
    readonly location: string | null
    readonly mediaType: string | null
  }
  /** The same folder and name are the same address; without a name nobody else's is hit. */
  const idFor = async ({ folder, file_name }: Place): Promise<string> => {
    if (file_name === undefined) return hex(entropy.bytes(16))
    const digest = await entropy.digest(JSON.stringify(['upload', provider, folder, file_name]))
    return hex(digest.subarray(0, 16))
  }

  /** What was kept then, or before, is not kept any more. */
  const gone = () => clock() - days * DAY
  const sweep = (): Statement[] => {
    const old = 'provider = ? AND kept_at <= ?'
    const params = [provider, gone()]
    return [
      { sql: `DELETE FROM upload_pieces WHERE id IN (SELECT id FROM uploads WHERE ${old})`, params },
      { sql: `DELETE FROM uploads WHERE ${old}`, params },
    ]
  }

  const put = async (place: Place, { content, location, mediaType }: Kept) => {
    const { file_name } = place
    const id = await idFor(place)
    const ending = endingOf(file_name ?? location ?? undefined)
    const media_type = mediaType ?? MEDIA_TYPES[ending ?? ''] ?? null
    await sql.commit([
      ...sweep(),
      { sql: 'DELETE FROM upload_pieces WHERE id = ?', params: [id] },
      ...piecesOf(content ?? '').map((piece, number) => ({
        sql: 'INSERT INTO upload_pieces (id, number, content) VALUES (?, ?, ?)',
        params: [id, number, piece],
      })),
      {
        sql: 'INSERT OR REPLACE INTO uploads (id, provider, media_type, location, kept_at) VALUES (?, ?, ?, ?, ?)',
        params: [id, provider, media_type, location, clock()],
      },
    ])
    const name = ending === undefined ? id : `${id}.${ending}`
    const size_bytes = content === null ? null : sizeOf(content)
    return { url: at(name), file_name: file_name ?? `${clock()}-${name}`, size_bytes, media_type }
  }

  return {
    keep: ({ content_base64, ...place }: Submissions['uploadAudio']) => {
      const mediaType = DATA_URL.exec(content_base64)?.[1] || null
      return put(place, { content: content_base64.replace(DATA_URL, ''), location: null, mediaType })
    },
    link: ({ url, ...place }: Submissions['uploadFromUrl']) =>
      put(place, { content: null, location: url, mediaType: null }),

    /** The file, a redirect to where it is, or null. */
    serve: async (id: string): Promise<Response | null> => {
      const [row] = await sql.read('SELECT media_type, location, kept_at FROM uploads WHERE id = ? AND provider = ?', [
        id,
        provider,
      ])
      if (row === undefined) return null
      if ((row.kept_at as number) <= gone()) {
        await sql.commit(sweep())
        return null
      }
      if (row.location !== null) return new Response(null, { status: 302, headers: { location: String(row.location) } })
      const pieces = await sql.read('SELECT content FROM upload_pieces WHERE id = ? ORDER BY number', [id])
      const letters = atob(pieces.map(({ content }) => content).join(''))
      // Ten million letters: walking through them as a list takes a second.
      const bytes = new Uint8Array(letters.length)
      for (let index = 0; index < letters.length; index++) bytes[index] = letters.charCodeAt(index)
      return new Response(bytes, { headers: { 'content-type': String(row.media_type ?? 'application/octet-stream') } })
    },
  }
}
