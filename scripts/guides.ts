/** Writes the tables of the switching guides from the adapters' own tables. With --check it writes nothing and fails where one is stale. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { catalogue, type Operation } from '../src/canonical/catalogue.ts'
import { TASK_OPERATIONS } from '../src/canonical/operations.ts'
import { Model } from '../src/canonical/words.ts'
import type { Adapter } from '../src/contract/adapter.ts'
import { type Row, type Table, tableOf } from '../src/contract/codec.ts'
import type { Form } from '../src/contract/operations.ts'
import { type SnapshotTable, snapshotTableOf } from '../src/contract/snapshot.ts'
import { FORMS } from '../src/engine/operations.ts'
import { adapters } from '../src/registry.ts'

const root = join(import.meta.dirname, '..')
const OPEN = '<!-- fields -->'
const CLOSE = '<!-- /fields -->'

const ownerOf = (form: Form) => TASK_OPERATIONS.find((operation) => FORMS[operation].some((each) => each === form))

/** Forms in the order of the guide, each with the operation of ours that asks for it. */
const ROWS: readonly (readonly [form: Form, operation: keyof typeof catalogue])[] = [
  ...TASK_OPERATIONS.flatMap((operation) =>
    // A form that two operations ask for is told with the first of them.
    FORMS[operation].filter((form) => ownerOf(form) === operation).map((form) => [form, operation] as const),
  ),
  ['alignLyrics', 'alignLyrics'],
  ['createPersona', 'createPersona'],
  ['checkVoice', 'checkVoice'],
  ['enhanceStyle', 'enhanceStyle'],
  ['uploadAudio', 'uploadAudio'],
  ['uploadFromUrl', 'uploadAudio'],
  ['getCredits', 'getCredits'],
]

/** What clients say in another way than the gateway says it to a provider. */
const SAID: Readonly<Record<string, string>> = {
  persona_kind: 'left out: `persona_id` or `voice_id` says it',
  callback_url: '`webhook.url`',
  provider_stem_id: '`stem` and `stems_task_id`',
  content_base64: 'the part `file` of `multipart/form-data`',
  audio_url: '`source.audio_url`',
  audio_urls: '`sources[].audio_url`',
}

const cell = (text: string) => text.replaceAll('|', '\\|')
const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')
const code = (value: unknown) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``

/** The tables of a codec: its own, those of its arms, or that of what it is made over. */
const tablesIn = (codec: unknown): Table[] => {
  const own = tableOf(codec as object)
  if (own !== undefined) return [own]
  if (codec instanceof z.ZodUnion) return codec.options.flatMap(tablesIn)
  if (!(codec instanceof z.ZodPipe)) return []
  const before = tablesIn(codec.in)
  return before.length > 0 ? before : tablesIn(codec.out)
}

/** Words of theirs with ours, where the two differ: `V5` is `v5`. Of models those that are sold. */
const wordsOf = (codec: z.ZodType, sold: readonly string[]): string => {
  const canonical = codec instanceof z.ZodPipe ? codec.out : undefined
  if (!(canonical instanceof z.ZodEnum)) return ''
  const isModel = canonical === (Model as z.ZodType)
  const words = isModel ? canonical.options.filter((word) => sold.includes(String(word))) : canonical.options
  const pairs = words.flatMap((word) => {
    const native = z.safeEncode(codec, word)
    return native.success && native.data !== word && native.data != null
      ? [`${code(native.data)} is ${code(word)}`]
      : []
  })
  return pairs.join(', ')
}

interface Line {
  readonly wire: string
  readonly ours: string
  readonly words: string
}

/** Of a mode that our request has no field for. */
const DECIDED = 'left out: what you send decides'

/** Names that a client may send. */
const namesIn = (schema: unknown): string[] => {
  if (schema instanceof z.ZodOptional) return namesIn(schema.unwrap())
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(namesIn)
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

/** How a client says what stands in a row. The track is named by the path or by the source. */
const saidOf = (field: string, { path, body }: Operation): string => {
  const names = namesIn(body)
  const named = SAID[field]?.match(/^`(\w+)/)?.[1]
  if (SAID[field] !== undefined && (named === undefined || names.includes(named) || named === 'file'))
    return SAID[field]
  if (names.includes(field)) return code(field)
  if (field === 'provider_track_id') {
    if (path.includes('{track_id}')) return '`{track_id}` in the path'
    return names.includes('track_id') ? '`track_id`' : '`source.track_id`'
  }
  if (field === 'mode') return DECIDED
  return /^(provider_|track_index)/.test(field) ? 'left out: our id says it' : 'left out'
}

const modeOf = ({ rows }: Table, codecs: readonly z.ZodType[], arm: number): string | null => {
  if (rows.mode === undefined || Array.isArray(rows.mode)) return null
  const mode = (codecs[arm] as z.ZodObject | undefined)?.shape?.mode
  return mode instanceof z.ZodLiteral ? String(mode.value) : null
}

/** The canonical side of each arm, in the order of the tables. */
const outsOf = (codec: unknown): z.ZodType[] =>
  codec instanceof z.ZodUnion
    ? codec.options.flatMap(outsOf)
    : codec instanceof z.ZodPipe
      ? [codec.out as unknown as z.ZodType]
      : []

const linesOf = (codec: unknown, operation: Operation, sold: readonly string[]): Line[] => {
  const tables = tablesIn(codec)
  const outs = outsOf(codec)
  const saysMode = namesIn(operation.body).includes('mode')
  const lines = tables.flatMap((each, arm) => {
    const mode = modeOf(each, outs, arm)
    const constants = Object.entries(each.constants).map(([wire, value]) => ({
      wire: `${wire}: ${JSON.stringify(value)}`,
      ours: mode === null ? 'left out' : saysMode ? `\`mode: "${mode}"\`` : DECIDED,
      words: '',
    }))
    const named = Object.entries(each.rows).flatMap(([field, own]: [string, Row]) => {
      if (typeof own !== 'string' && !Array.isArray(own)) return []
      const [wire, value] = typeof own === 'string' ? [own, undefined] : (own as readonly [string, z.ZodType])
      // A mode that only the other fields tell.
      if (value instanceof z.ZodPipe && value.out instanceof z.ZodLiteral) return []
      const ours = saidOf(field, operation)
      const where =
        saysMode && tables.length > 1 && mode !== null && ['description', 'lyrics'].includes(field)
          ? ` (\`${mode}\`)`
          : ''
      return [
        { wire, ours: `${ours}${where}`, words: value === undefined || ours === DECIDED ? '' : wordsOf(value, sold) },
      ]
    })
    return [...constants, ...named]
  })
  const merged = new Map<string, Line>()
  for (const line of lines) {
    const known = merged.get(line.wire)
    const ours = known === undefined || known.ours === line.ours ? line.ours : `${known.ours} or ${line.ours}`
    merged.set(line.wire, { ...line, ours })
  }
  return [...merged.values()]
}

const callOf = (adapter: Adapter, form: Form) => {
  const binding = adapter.operations[form]
  if (binding === undefined) return undefined
  return 'submit' in binding ? binding.submit : binding.call
}

const requestSection = (adapter: Adapter): string[] =>
  ROWS.flatMap(([form, id]) => {
    const call = callOf(adapter, form)
    if (call === undefined) return []
    const operation: Operation = catalogue[id]
    const binding = adapter.operations[form]
    const sold = binding !== undefined && 'models' in binding ? binding.models : []
    const lines = linesOf(call.request, operation, sold)
    const title = `### \`${call.method} ${call.path}\` is \`${operation.method.toUpperCase()} ${operation.path}\``
    const rows = lines.map(({ wire, ours, words }) => [code(wire), ours, words])
    return [
      title,
      '',
      ...(rows.length > 0 ? [table([adapter.title, 'Tutti', 'words'], rows), ''] : ['It takes no fields.', '']),
    ]
  })

/** The table of a record, or of what it is made over. */
const recordOf = (codec: unknown): SnapshotTable | undefined =>
  snapshotTableOf(codec as object) ?? (codec instanceof z.ZodPipe ? recordOf(codec.out) : undefined)

const stagesOf = ({ stage }: SnapshotTable): string[][] =>
  stage.flatMap(({ is, speaks = {} }) => {
    const said = Object.entries(speaks)
    // What has failed keeps the stage it had.
    const told = is === 'failed' ? '`status: "failed"`' : code(is)
    return said.length > 0 ? [[said.map(([at, value]) => `${code(at)}: ${code(value)}`).join(', '), told]] : []
  })

/** Where what a finished song says stands at the provider, and here. */
const answerSection = (adapter: Adapter): string[] => {
  const read = adapter.operations.generateMusic?.poll
  const told = read === undefined ? undefined : recordOf(read.response)
  if (read === undefined || told?.tracks === undefined) return []
  const [at, codec] = told.tracks
  const payload = read.reads === 'body' || adapter.envelope.payload === undefined ? '' : `${adapter.envelope.payload}.`
  const fields = tablesIn(codec).flatMap(({ rows }) =>
    Object.entries(rows).flatMap(([field, own]) => {
      const wire = typeof own === 'string' ? own : Array.isArray(own) ? (own[0] as string) : null
      return wire === null || TOLD[field] === null
        ? []
        : [[code(`${payload}${at}[].${wire}`), TOLD[field] ?? code(`tracks[].${field}`)]]
    }),
  )
  return [
    `### \`${read.method} ${read.path}\` is \`GET /v1/tasks/{task_id}\``,
    '',
    table([adapter.title, 'Tutti'], fields),
    '',
    'How far it is:',
    '',
    table([adapter.title, '`stage`'], stagesOf(told)),
    '',
  ]
}
/** Fields of a track whose name here is another; null where a client need not know. */
const TOLD: Readonly<Record<string, string | null>> = {
  audio_url: '`tracks[].audio.url`',
  failure: '`tracks[].error`',
  fail_message: '`tracks[].error`',
  error_message: '`tracks[].error`',
  status: '`tracks[].status`',
  said: null,
}

/** Every table of one guide. */
export const fieldTables = (adapter: Adapter): string =>
  [...requestSection(adapter), ...answerSection(adapter)].join('\n').trim()

/** A guide with its tables renewed. */
export const renewed = (guide: string, adapter: Adapter): string => {
  const [before, rest] = guide.split(`${OPEN}\n`)
  const after = rest?.split(CLOSE)[1]
  if (after === undefined) throw new Error(`the guide for ${adapter.id} has no place for its tables`)
  return `${before}${OPEN}\n\n${fieldTables(adapter)}\n\n${CLOSE}${after}`
}

export const guideOf = ({ id }: Adapter) => `docs/guides/switching-from-${id}.md`

const stale = () =>
  adapters.flatMap((adapter) => {
    const text = readFileSync(join(root, guideOf(adapter)), 'utf8')
    const now = renewed(text, adapter)
    return text === now ? [] : [{ path: guideOf(adapter), now }]
  })

if (process.argv[1] === import.meta.filename) {
  const found = stale()
  const names = found.map(({ path }) => path).join(', ')
  if (!process.argv.includes('--check')) {
    for (const { path, now } of found) writeFileSync(join(root, path), now)
    console.log(found.length > 0 ? `${names} written` : 'Nothing has changed')
  } else if (found.length > 0) {
    console.error(`${names} stale: run npm run guides and look at the difference`)
    process.exit(1)
  } else {
    console.log('The guides are up to date')
  }
}
