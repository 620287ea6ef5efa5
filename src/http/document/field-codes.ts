/** What each word of `errors[].code` means: the words of the document and of the page of errors. */
import { FIELD_CODES, type FieldCode } from '../../canonical/field-codes.ts'
import type { Json } from './schemas.ts'

export const fieldCodes: { readonly [Code in FieldCode]: string } = {
  unknown_field: 'there is no such field or parameter here: leave it out',
  required: 'it is missing, and needed by itself or beside what else was sent',
  wrong_type: 'it has another type than it should, such as a text in place of a number',
  text_empty: 'the text is empty or blank',
  invalid_format: 'it is not written as it should be',
  value_unknown: 'it is none of the values that are taken here',
  model_unknown: 'there is no such model',
  too_small: 'it is less, shorter or earlier than allowed',
  too_big: 'it is more or longer than allowed, or there may be no more of them',
  too_many: 'it was sent more than once',
  forbidden: 'it may not stand beside what else was sent',
  text_too_long: 'the text has more characters than this model or provider takes',
  out_of_range: 'the number is outside of what this model or provider takes',
  too_precise: 'the number has more decimals than the provider takes',
  track_index_out_of_range: 'the task at the provider has fewer tracks',
  track_unknown: 'there is no such track',
  track_unfinished: 'the track was never finished',
  track_deleted: 'the task that made the track was deleted',
  audio_expired: 'the provider has deleted the audio of the track: recoverTrack may bring it back',
  upload_unknown: 'there is no such upload',
  upload_expired: 'the provider has deleted the upload: send the file again',
  upload_deleted: 'the task that made the upload was deleted',
  persona_unknown: 'there is no such persona',
  persona_deleted: 'the task that made the persona was deleted',
  voice_unknown: 'there is no such voice',
  voice_deleted: 'the task that began the voice was deleted',
  task_unknown: 'there is no such task, or it is of another kind',
  task_failed: 'the task that this builds on has failed',
  url_not_allowed: 'nobody may be sent to this URL',
  provider_unknown: 'there is no such provider',
  provider_not_configured: 'the provider has no key here',
  unsupported: 'the provider can not do this, or not with this value',
  pinned: 'another provider made what the request is about, and only that one can go on with it',
  contradictory: 'what was sent leaves nothing to choose from',
  model_mismatch: 'the provider goes on with a track in its own model only',
  parameter_unsupported: 'the provider has no such field, and `require_parameters` is set',
  parameter_ignored: 'the provider takes the field without effect, and `require_parameters` is set',
  cost_above_max: 'the provider would charge more than `max_cost_usd`',
  price_unknown: 'the price is not known, so that no limit of money can be held',
  usd_per_day: 'what the key may spend in a day does not suffice',
  usd_per_month: 'what the key may spend in a month does not suffice',
  cursor_invalid: 'it is no `next_cursor` of this list',
  unknown_event: 'there is no such event to go on after',
  key_malformed: 'it is no key: was it copied as a whole?',
  key_unknown: 'the key is not known here, or was replaced',
  key_of_sandbox: 'a key of the sandbox is not taken by a live gateway',
  key_revoked: 'the key was revoked',
  key_expired: 'the key has expired',
  scope_missing: 'the key lacks the scope of this operation',
  operation_forbidden: 'the key is held to other operations',
  provider_forbidden: 'the key is held to other providers',
  bootstrap_only: 'only the bootstrap key may do this',
  beyond_own_rights: 'a key gives no more than it has',
  limits_multiplied: 'a key that is held to limits makes no other, nor rotates one',
  limits_invalid: 'limits and the scope `keys` do not go together',
  project_unknown: 'there is no such project',
  project_exists: 'there is a project of this name already',
}

/** The components, where the field that holds these words tells all of them. */
export const withFieldCodes = (components: Record<string, Json>): Record<string, Json> => {
  const { FieldError } = components
  const properties = FieldError!.properties as Record<string, Json>
  const words = FIELD_CODES.map((word) => `- \`${word}\`: ${fieldCodes[word]}`)
  const description = [`${properties.code!.description}. More may appear`, '', ...words].join('\n')
  return {
    ...components,
    FieldError: { ...FieldError, properties: { ...properties, code: { ...properties.code, description } } },
  }
}
