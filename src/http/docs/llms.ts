/** /llms.txt: what there is to read, for programs that read; /llms-full.txt is all of it at once. */
import { catalogue, type Operation } from '../../canonical/catalogue.ts'
import { ERROR_CODES } from '../../canonical/error.ts'
import { errorText } from './errors.ts'
import type { Guide } from './material.ts'

const SUMMARY =
  'One API for AI music. A request is carried out by one of several providers, and the answer has the same shape whoever it was.'

const RULES = [
  'Send the key as `Authorization: Bearer <key>`; a create answers 202 with a task, and `Prefer: wait=30` waits for news of it.',
  'One request makes two tracks. Do not send it twice to get two songs.',
  'Send an `Idempotency-Key` with every POST that makes something: the same key and body are the same task for 30 days.',
  'Act on `code` of a problem. Repeat only where `retryable` is true, and look at `may_have_been_charged` before you pay again.',
  'Unknown request fields are refused. Unknown response fields are to be ignored.',
]

const operations = Object.entries<Operation>(catalogue)

const operationLine = ([id, { method, path, summary }]: (typeof operations)[number]) =>
  `- \`${method.toUpperCase()} ${path}\` (${id}): ${summary}`

const opening = ['# Tutti', '', `> ${SUMMARY}`, '', ...RULES.map((rule) => `- ${rule}`), '']

export const llms = (guides: readonly Guide[]): string =>
  [
    ...opening,
    '## Guides',
    '',
    ...guides.map(({ path, title, summary }) => `- [${title}](${path}.md): ${summary}`),
    '',
    '## API',
    '',
    '- [OpenAPI document](/openapi.json): every operation, field, header, error and example',
    ...operations.map(operationLine),
    '',
    '## Optional',
    '',
    '- [Everything at once](/llms-full.txt): all guides, operations and errors as one text',
    ...ERROR_CODES.map((code) => `- [${code}](/errors/${code})`),
    '',
  ].join('\n')

export const llmsFull = (guides: readonly Guide[]): string =>
  [
    ...opening,
    ...guides.flatMap(({ markdown }) => [markdown.trim(), '']),
    '# Operations',
    '',
    ...operations.flatMap(([id, { method, path, summary, description }]) => [
      `## ${id}: \`${method.toUpperCase()} ${path}\``,
      '',
      `${summary}. ${description}`,
      '',
    ]),
    ...ERROR_CODES.map(errorText),
  ].join('\n')
