/** The one policy table: what each error code entails, whoever caused it. Nobody else decides by numbers. */
import type { ErrorCode } from '../canonical/error.ts'

/**
 * What an error says of a provider's key. `none`: nothing, it is about the request. `fault`: counts against the breaker.
 * `fatal`: opens it at once. The others are states of their own.
 */
export type Mark = 'none' | 'fault' | 'fatal' | 'rate_limited' | 'no_credits' | 'maintenance' | 'auth_failed'

export interface Policy {
  /** HTTP status where the code is a direct answer. */
  readonly http: number
  readonly title: string
  /** Whether the same call with the same key can help. */
  readonly again: 'never' | 'later'
  /** Whether another provider may be asked, where nothing was accepted. */
  readonly elsewhere: boolean
  /** Whether money may have been spent, where nothing more is known. */
  readonly charged: 'no' | 'unknown'
  readonly health: Mark
}

const row = (
  http: number,
  again: Policy['again'],
  elsewhere: boolean,
  charged: Policy['charged'],
  title: string,
  health: Mark = 'none',
): Policy => ({ http, again, elsewhere, charged, title, health })

export const policy: { readonly [Code in ErrorCode]: Policy } = {
  //                               http  again    elsewhere charged, title, health
  malformed_json: row(400, 'never', false, 'no', 'The body is not JSON'),
  invalid_request: row(400, 'never', false, 'no', 'A header or the request as a whole is not valid'),
  validation_failed: row(422, 'never', false, 'no', 'A field is not valid'),
  unsupported_media_type: row(415, 'never', false, 'no', 'The body is of a type or encoding that is not taken here'),
  payload_too_large: row(413, 'never', false, 'no', 'The body is too large'),
  method_not_allowed: row(405, 'never', false, 'no', 'This path does not take this method'),
  not_acceptable: row(406, 'never', false, 'no', 'No format you accept can be served'),
  not_found: row(404, 'never', false, 'no', 'There is no such thing here'),
  missing_api_key: row(401, 'never', false, 'no', 'An API key is needed'),
  invalid_api_key: row(401, 'never', false, 'no', 'The API key is not known'),
  key_expired: row(401, 'never', false, 'no', 'The API key has expired'),
  insufficient_scope: row(403, 'never', false, 'no', 'The API key does not allow this'),
  rate_limited: row(429, 'later', false, 'no', 'The API key was used too often'),
  idempotency_key_invalid: row(400, 'never', false, 'no', 'The Idempotency-Key is not valid'),
  idempotency_key_reused: row(422, 'never', false, 'no', 'The Idempotency-Key belongs to another request'),
  idempotency_key_expired: row(422, 'never', false, 'no', 'The Idempotency-Key is older than 30 days'),
  concurrency_limited: row(429, 'later', false, 'no', 'Too many tasks are under way'),
  capability_unsupported: row(422, 'never', false, 'no', 'No provider can do this'),
  provider_not_configured: row(422, 'never', false, 'no', 'The provider has no key here'),
  no_provider_available: row(503, 'later', false, 'no', 'No provider can be used at the moment'),
  provider_pinned_unavailable: row(503, 'later', false, 'no', 'The provider of this track can not be used'),
  prerequisite_required: row(422, 'never', false, 'no', 'Something else has to be made first'),
  upload_expired: row(422, 'never', false, 'no', 'The upload is no longer there'),
  waveform_unavailable: row(422, 'never', false, 'no', 'There is no waveform'),
  midi_unavailable: row(422, 'never', false, 'no', 'There are no notes'),
  track_index_out_of_range: row(422, 'never', false, 'no', 'The task has no track at this place'),
  cost_above_max: row(422, 'never', false, 'no', 'Every provider would charge more than allowed'),
  spend_limit_reached: row(402, 'never', true, 'no', 'The API key may spend no more for now'),
  provider_tls_error: row(503, 'later', true, 'no', 'No secure connection to the provider', 'fatal'),
  provider_protocol: row(503, 'later', false, 'unknown', 'The provider said something we do not know', 'fault'),
  content_rejected: row(422, 'never', false, 'unknown', 'The provider refused the content'),
  copyright_match: row(422, 'never', false, 'unknown', 'The provider found existing work in it'),
  provider_rejected_request: row(422, 'never', false, 'no', 'The provider refused the request'),
  provider_credits_exhausted: row(503, 'later', true, 'no', 'The provider account is out of credits', 'no_credits'),
  provider_rate_limited: row(503, 'later', true, 'no', 'The provider takes no more requests for now', 'rate_limited'),
  provider_maintenance: row(503, 'later', true, 'no', 'The provider is in maintenance', 'maintenance'),
  provider_auth_failed: row(503, 'later', true, 'no', 'The provider refused our key', 'auth_failed'),
  provider_unavailable: row(503, 'later', true, 'no', 'The provider can not be reached', 'fault'),
  generation_failed: row(503, 'never', false, 'unknown', 'The provider failed to make it', 'fault'),
  provider_timeout: row(503, 'never', false, 'unknown', 'The provider did not finish in time', 'fault'),
  submission_unconfirmed: row(503, 'never', false, 'unknown', 'Whether the provider accepted is not known', 'fault'),
  webhook_url_forbidden: row(422, 'never', false, 'no', 'Nobody is called at this URL'),
  webhook_endpoint_disabled: row(409, 'never', false, 'no', 'The webhook endpoint is disabled'),
  asset_expired: row(410, 'never', false, 'no', 'The provider has deleted the file'),
  not_cancelable: row(409, 'never', false, 'no', 'It can not be canceled any more'),
  task_not_ended: row(409, 'later', false, 'no', 'The task has not ended yet'),
  task_deleted: row(410, 'never', false, 'no', 'The task was deleted'),
  deadline_exceeded: row(409, 'never', false, 'no', 'The deadline passed'),
  not_ready: row(409, 'later', false, 'no', 'It is not ready yet'),
  lyrics_unavailable: row(422, 'never', false, 'no', 'There are no lyrics to align'),
  adapter_error: row(500, 'never', true, 'no', 'The provider could not be asked', 'fatal'),
  storage_unavailable: row(503, 'later', false, 'no', 'Nothing can be stored at the moment'),
  shutting_down: row(503, 'later', false, 'no', 'The server is shutting down'),
  internal_error: row(500, 'later', false, 'no', 'Something went wrong here'),
}
