/** The pages of the error codes: cause, what to do, whether to repeat, and whether money may be gone. */
import { ERROR_CODES, type ErrorCode } from '../../canonical/error.ts'
import { FIELD_CODES } from '../../canonical/field-codes.ts'
import { policy } from '../../engine/policy.ts'
import { problemExample } from '../document/examples/problems.ts'
import { fieldCodes } from '../document/field-codes.ts'
import { explained } from './explained.ts'
import { escaped, json, link, prose, table } from './html.ts'

const retryOf = (code: ErrorCode) =>
  policy[code].again === 'later'
    ? 'Yes: the same call with the same `Idempotency-Key` can help later. Where a task has ended with this, that key only shows the task again: take a new one, if `may_have_been_charged` is false'
    : 'No: repeating the same call does not help'
const moneyOf = (code: ErrorCode) =>
  policy[code].charged === 'no'
    ? 'No: nothing was charged for this. At the end of a task `may_have_been_charged` speaks of attempts before it too'
    : 'Maybe: see `may_have_been_charged` and `billing` of the task'

const facts = (code: ErrorCode): readonly (readonly [name: string, said: string])[] => [
  ['HTTP status', `${policy[code].http}, where it is a direct answer`],
  ['Worth repeating', retryOf(code)],
  ['Money may be spent', moneyOf(code)],
  ['Another provider', policy[code].elsewhere ? 'Is asked, where the request allows it' : 'Is not asked'],
]

/** What stands between the frame of the page. */
export const errorBody = (code: ErrorCode): string => {
  const { cause, fix } = explained[code]
  return [
    `<h1><code>${code}</code></h1>`,
    `<p class="lead">${escaped(policy[code].title)}.</p>`,
    `<dl class="facts">${facts(code)
      .map(([name, said]) => `<dt>${name}</dt><dd>${prose(said)}</dd>`)
      .join('')}</dl>`,
    `<h2>Cause</h2><p>${prose(cause)}</p>`,
    `<h2>What to do</h2><p>${prose(fix)}</p>`,
    '<h2>Example</h2>',
    json(problemExample(code).value),
  ].join('\n')
}

/** The same for terminals and programs. */
export const errorText = (code: ErrorCode): string =>
  [
    `# ${code}`,
    '',
    `${policy[code].title}.`,
    '',
    ...facts(code).map(([name, said]) => `- ${name}: ${said}.`),
    '',
    `Cause: ${explained[code].cause}`,
    '',
    `What to do: ${explained[code].fix}`,
    '',
  ].join('\n')

const listed = ERROR_CODES.toSorted((one, other) => policy[one].http - policy[other].http)

/** Every code at a glance. */
export const errorIndex = (): string =>
  [
    '<h1>Errors</h1>',
    `<p class="lead">${prose('Problem details (RFC 9457). Act on `code`: it never changes its meaning, and new ones may appear.')}</p>`,
    table(
      ['code', 'HTTP', 'meaning', 'repeat', 'money'],
      listed.map((code) => {
        const { http, title, again, charged } = policy[code]
        return [
          link(`/errors/${code}`, `\`${code}\``),
          String(http),
          escaped(title),
          again === 'later' ? 'later' : 'no',
          charged === 'no' ? 'no' : 'maybe',
        ]
      }),
    ),
    '<h2 id="fields">Faulty fields</h2>',
    `<p>${prose('What is wrong with one place of a request: `code` of the entries of `errors`. These words never change their meaning either, and new ones may appear.')}</p>`,
    table(
      ['code', 'meaning'],
      FIELD_CODES.map((code) => [`<code>${code}</code>`, prose(fieldCodes[code])]),
    ),
  ].join('\n')
