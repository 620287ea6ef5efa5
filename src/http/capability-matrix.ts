/** openapi/capabilities.md and the README's table: who can do what, read from the adapters' own tables. */
import { TASK_OPERATIONS } from '../canonical/operations.ts'
import type { Capability } from '../canonical/provider.ts'
import type { Adapter } from '../contract/adapter.ts'
import type { TaskForm } from '../contract/operations.ts'
import { capabilities, operationsOf } from '../engine/capabilities.ts'
import { FORMS, TAKES } from '../engine/operations.ts'

/** Operations in the order of the page, each with its forms. */
const ROWS: readonly (readonly [operation: string, forms: readonly string[]])[] = [
  ...TASK_OPERATIONS.map((operation) => [operation, FORMS[operation]] as const),
  ['alignLyrics', ['alignLyrics']],
  ['createPersona', ['createPersona']],
  ['checkVoice', ['checkVoice']],
  ['enhanceStyle', ['enhanceStyle']],
  ['uploadAudio', ['uploadAudio', 'uploadFromUrl']],
  ['importTrack', []],
  ['getCredits', ['getCredits']],
]

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

/** Whether a provider takes only tracks of its own where others take any audio. */
const ownOnly = ({ operations }: Adapter, forms: readonly string[]): boolean => {
  const open = (form: string) => TAKES[form as TaskForm] !== undefined && TAKES[form as TaskForm].pin === undefined
  const has = forms.filter((form) => operations[form as TaskForm] !== undefined)
  return has.length > 0 && !has.some(open) && forms.some(open)
}

/** Operations by providers. */
export const operationTable = (adapters: readonly Adapter[]): string => {
  const having = new Map(adapters.map((adapter) => [adapter, operationsOf(adapter)]))
  return table(
    ['operation', ...adapters.map(({ id }) => id)],
    ROWS.map(([operation, forms]) => [
      `\`${operation}\``,
      ...adapters.map((adapter) => {
        if (!having.get(adapter)!.includes(operation)) return '–'
        return ownOnly(adapter, forms) ? 'own tracks' : 'yes'
      }),
    ]),
  )
}

type View = Capability['rules'][number]

const whenOf = ({ when }: View): string =>
  Object.entries(when)
    .map(([field, words]) => `${field} ${words.map((word) => (word === null ? 'absent' : String(word))).join('/')}`)
    .join(', ')

const sayRule = (rule: View): string => {
  const condition = whenOf(rule)
  const said = {
    require: 'required',
    forbid: 'not allowed',
    ignored: 'ignored',
    max: `up to ${rule.value[0]} characters`,
    range: rule.value.length > 1 ? `${rule.value[0]} to ${rule.value[1]}` : `${rule.value[0]} or more`,
    step: `steps of ${rule.value[0]}`,
    span:
      rule.value.length > 1
        ? `${rule.value[0]} to ${rule.value[1]} after the start`
        : `${rule.value[0]} or more after the start`,
  }[rule.rule]
  return condition === '' ? said : `${said} (${condition})`
}

const cell = (capability: Capability | undefined, field: string): string => {
  if (capability === undefined) return '–'
  const fidelity = capability.fields[field] ?? 'unsupported'
  if (fidelity === 'unsupported') return '*unsupported*'
  const rules = capability.rules.filter((rule) => rule.field === field).map(sayRule)
  return [`*${fidelity}*`, ...rules].join('; ')
}

const section = (form: string, adapters: readonly Adapter[], all: readonly Capability[]): string => {
  const own = adapters.map(({ id }) => all.find((each) => each.provider === id && each.operation === form))
  const fields = [...new Set(own.flatMap((each) => Object.keys(each?.fields ?? {})))]
  const models = own.map((each) => (each === undefined ? '–' : each.models.join(', ') || 'none'))
  return [
    `### \`${form}\``,
    '',
    table(
      ['field', ...adapters.map(({ id }) => id)],
      [['models', ...models], ...fields.map((field) => [`\`${field}\``, ...own.map((each) => cell(each, field))])],
    ),
  ].join('\n')
}

/** The whole page. */
export const capabilityPage = (adapters: readonly Adapter[]): string => {
  const all = capabilities(adapters)
  const sections = [...new Set(ROWS.flatMap(([, forms]) => forms))].map((form) => section(form, adapters, all))
  return [
    '# Capabilities',
    '',
    '<!-- Written by `npm run openapi` from the tables that requests are translated with. -->',
    'What each provider can do, how exactly it takes what you ask for, and within which limits. You need none of this to begin: leave `routing` out,',
    'and a provider is chosen that has a place for every field you send. `GET /v1/capabilities` tells programs the same.',
    '',
    'Where one has no place for a field, the task says so in `warnings`; with `require_parameters: true` that provider is not asked. In the tables below:',
    '',
    '- *exact*: told to the provider as you said it',
    '- *emulated*: told in another way, to the same effect',
    '- *lossy*: told with less precision',
    '- *unsupported*: the provider has no place for it',
    '',
    '## Operations',
    '',
    operationTable(adapters),
    '',
    '## Fields, models and limits',
    '',
    'An operation may have several forms: of a track at the provider that made it, or of audio at any provider that takes it.',
    '',
    sections.join('\n\n'),
    '',
  ].join('\n')
}
