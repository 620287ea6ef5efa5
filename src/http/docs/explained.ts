/** Why each error happens and what mends it: the words of its page. What it entails is engine/policy.ts. */
import type { ErrorCode } from '../../canonical/error.ts'

interface Explained {
  readonly cause: string
  readonly fix: string
}

const why = (cause: string, fix: string): Explained => ({ cause, fix })

export const explained: { readonly [Code in ErrorCode]: Explained } = {
  malformed_json: why(
    'The body could not be read as JSON: a quote, comma or brace is missing, it is not in UTF-8, or it was cut off on the way.',
    'Build the body with a JSON library instead of joining text, write it in UTF-8, and send it whole.',
  ),
  invalid_request: why(
    'A header, a query parameter or the request as a whole is not what this path takes.',
    'Read `detail`: it names what is wrong. The reference lists the headers and parameters of every operation.',
  ),
  validation_failed: why(
    'At least one field is missing, unknown, of the wrong type or out of its bounds. Unknown fields are refused, so that a typing error never costs money.',
    'Go through `errors`: each entry has a JSON Pointer to the field, a stable word (all of them are at `/docs/errors`) and what to do about it.',
  ),
  unsupported_media_type: why(
    'The body came with a Content-Type or charset that this path does not take, with none, or compressed (`Content-Encoding`).',
    'Send it in UTF-8, as it is, with `Content-Type: application/json`; an upload of a file is `multipart/form-data`.',
  ),
  payload_too_large: why(
    'The body is larger than this path takes: 64 KiB of JSON, or a file of 10 MiB.',
    'Give large audio by URL (`audio_url`, or `url` of an upload) instead of sending it.',
  ),
  method_not_allowed: why('The path exists, and takes other methods.', 'Use one of the methods in the `Allow` header.'),
  not_acceptable: why(
    'The formats in `Accept`, or the one in `?format=`, are not among those that this resource has.',
    'Take a format that `detail` lists, or send no `Accept` at all.',
  ),
  not_found: why(
    'There is nothing under this address, or it belongs to another project than your key.',
    'Check the path and the id. Ids are kept as they are, capital letters included.',
  ),
  missing_api_key: why('The request has no key.', 'Send `Authorization: Bearer <your key>`.'),
  invalid_api_key: why(
    'The key is not known here, was replaced or revoked, or is a key of the sandbox at a live gateway.',
    'Check that the whole key arrived. Where it was rotated, send the new secret. Else ask whoever runs the gateway for a new one.',
  ),
  key_expired: why(
    'The key had an end, and it has passed.',
    'Ask for a new key. To rotate one does not move its end: have the next one made before it.',
  ),
  insufficient_scope: why(
    'The key is valid, and was made for less than this: its scopes, operations or providers leave it out, or it is held to limits and gives no other keys.',
    'Use a key that may do this; the reference names the scope that each operation needs.',
  ),
  rate_limited: why(
    'The key was used more often than its limit of requests a minute, or the secret of an endpoint was changed five times in 24 hours.',
    'Wait for the seconds in `Retry-After`, then send the same request again. `RateLimit` says what is left of the requests.',
  ),
  idempotency_key_invalid: why(
    'The `Idempotency-Key` is empty, longer than 255 characters, or has characters that are not visible ASCII.',
    'Send a random UUID.',
  ),
  idempotency_key_reused: why(
    'The same `Idempotency-Key` came before with another body, or about something else.',
    'Make a new key for every new request, and repeat a key only together with the same body.',
  ),
  idempotency_key_expired: why(
    'The `Idempotency-Key` was first used more than 30 days ago, and what it stood for is no longer kept.',
    'Look for the task in `GET /v1/tasks`. Use a new key only where you want to buy again.',
  ),
  concurrency_limited: why(
    'As many tasks are under way or waiting as your key, or this gateway, allows.',
    'Wait for the seconds in `Retry-After`, or until one of your tasks has ended.',
  ),
  capability_unsupported: why(
    'None of the providers that this request may go to can do what it asks for: the operation, the model, or a field that it requires.',
    'See `GET /v1/capabilities`. Leave out what is not needed, or loosen `routing` and `require_parameters`.',
  ),
  provider_not_configured: why(
    'The request names a provider that has no key at this gateway.',
    'Leave the choice open, or name one that `GET /v1/providers` shows as configured.',
  ),
  no_provider_available: why(
    'Every provider that could take this is down, out of credits, refused or full at the moment.',
    'Send it again later, with a new `Idempotency-Key` where it is how a task ended. `GET /v1/providers` says how each one does.',
  ),
  provider_pinned_unavailable: why(
    'Only the provider that made this track can do it, and that one can not be used at the moment.',
    'Send it again later. Where an operation also takes audio, `source.audio_url` may be carried out elsewhere.',
  ),
  prerequisite_required: why(
    'The operation works on something that was not made yet, such as stems before MIDI.',
    'Make it first: the `Link` header with `rel="create-form"` says where.',
  ),
  upload_expired: why(
    'Providers keep uploads for some days only, and this one is gone.',
    'Upload the file again and use the new id.',
  ),
  waveform_unavailable: why(
    'The alignment of this track came without loudness samples.',
    'Draw the waveform from the audio itself.',
  ),
  midi_unavailable: why(
    'The provider has found no note in these stems, so a file of them would be silent.',
    'Format `json` shows what it said. Separate the track in another way, such as `vocals` instead of `stems`, and ask createMidi again.',
  ),
  track_index_out_of_range: why(
    'The task at the provider has fewer tracks than the index says.',
    'Indices begin with 0, and a song has two tracks as a rule: use 0 or 1.',
  ),
  cost_above_max: why(
    'Every provider that could do it would charge more than `max_cost_usd`, or its price is not known.',
    'Ask `POST /v1/estimates` for the prices, and raise or leave out `max_cost_usd`.',
  ),
  spend_limit_reached: why(
    'The key has a limit of spending, and what this would cost does not fit in it any more.',
    'Wait until the period of the limit begins anew, or have the limit raised.',
  ),
  webhook_url_forbidden: why(
    'The URL is not https on port 443 or 8443, has an address in place of a name, or leads to an address that is not public.',
    'Use a public https URL. In the sandbox loopback is allowed.',
  ),
  webhook_endpoint_disabled: why(
    'The endpoint was disabled: by you, by its answer 410, or by a message that was given up after five days in which nothing got through.',
    'Mend the receiver, then `PATCH` the endpoint with `{"status": "enabled"}`.',
  ),
  task_not_ended: why(
    'Only what has ended can be deleted: as long as a task is under way, what it holds is needed to carry it out and to know what it cost.',
    'Cancel it where no provider has it yet, or wait for its end (`Retry-After`), then delete it.',
  ),
  task_deleted: why(
    'The task was deleted: by somebody of your project, or because this gateway keeps ended tasks for a time only. Everything it had made here went with it.',
    '`GET /v1/tasks/{task_id}/tombstone` says what it cost. Use a new Idempotency-Key to make the same once more.',
  ),
  not_cancelable: why(
    'The task has ended, or does not wait to be sent: a provider has it, or may have it, and takes no song back.',
    'Follow the task to its end. `Cancel-After` cancels by itself what still waits to be sent.',
  ),
  asset_expired: why(
    'Providers delete files after some days, and the time of this one has passed.',
    'Copy audio when a task succeeds (`asset.expiring` reminds you). `POST /v1/tracks/{id}/recovery` may bring fresh links.',
  ),
  deadline_exceeded: why(
    'The time in `Cancel-After` passed before a provider had taken the task, or while it waited to be sent again after an attempt that came to nothing.',
    'Where `may_have_been_charged` is true, look at `billing` and for a salvaged task first. Else send it again with a new `Idempotency-Key`, and with more time where that is possible.',
  ),
  provider_tls_error: why(
    'The certificate of the provider could not be verified, so nothing was sent.',
    'Send it again later; another provider is asked where the request allows it.',
  ),
  provider_protocol: why(
    'The provider answered in a way that we do not know. What it did is not certain.',
    'Do not send it again under a new key before you have looked at `billing` of the task. Report the `request_id`.',
  ),
  content_rejected: why(
    'The provider refused the lyrics, style or idea by its rules for content.',
    'Change the words: names of artists and sensitive words are the usual reasons. It is not sent to another provider.',
  ),
  copyright_match: why(
    'The provider recognised existing work in the audio or in the lyrics.',
    'Use material that you have the rights to.',
  ),
  provider_rejected_request: why(
    'The provider refused a value that we took to be right.',
    'Read `provider_message`, change what it names, and report the `request_id` so that we refuse it at once next time.',
  ),
  provider_credits_exhausted: why(
    "The gateway's account at the provider is empty.",
    'Whoever runs the gateway has to fill it. Another provider is asked where the request allows it.',
  ),
  provider_rate_limited: why(
    'The provider takes no more requests from this gateway for now.',
    'Send it again later. Tasks that were accepted wait by themselves.',
  ),
  provider_maintenance: why('The provider is in maintenance.', 'Send it again later, or let another provider do it.'),
  provider_auth_failed: why(
    "The provider refused the gateway's key: it is wrong, was revoked, or may not do this.",
    "Whoever runs the gateway has to mend the provider's key. Your own key is fine.",
  ),
  provider_unavailable: why(
    'The provider can not be reached, or answers with errors of its own. Nothing was accepted.',
    'Send it again later: with the same `Idempotency-Key` after a direct answer, with a new one where it is how a task ended.',
  ),
  generation_failed: why(
    'The provider accepted the task and then failed to make it.',
    'Look at `billing` first. Then send it again with a new `Idempotency-Key`, perhaps with simpler words.',
  ),
  provider_timeout: why(
    'The provider accepted the task and did not finish it within the time that this gateway waits.',
    'It may still come: a late result is kept as a task of its own (`salvaged_from`). Look there before you buy again.',
  ),
  submission_unconfirmed: why(
    'The connection broke after the request was sent, and nothing has told since whether the provider accepted.',
    'Look at the account of the provider, or wait for a salvaged task, before you send it under a new key: it may be paid for.',
  ),
  not_ready: why(
    'What this needs is still being made.',
    'Wait until the task has succeeded (`Prefer: wait=30`, events or a webhook), then send it again.',
  ),
  lyrics_unavailable: why(
    'The track is an instrumental, or the provider could not align its lyrics.',
    'Ask only for tracks that are sung. Repeating does not help.',
  ),
  adapter_error: why(
    'The gateway could not say this request in the words of the provider, a mistake of ours, or the address of the provider redirects. Nothing was accepted.',
    'Report the `request_id`; who runs the gateway looks at `<PROVIDER>_BASE_URL`. Another provider may be able to do it.',
  ),
  storage_unavailable: why(
    'The gateway can not store anything at the moment, and accepts nothing that it could not keep.',
    'Send it again later with the same `Idempotency-Key`.',
  ),
  shutting_down: why(
    'This process is going down. What was accepted is kept and carried on by the next one.',
    'Send it again in a few seconds with the same `Idempotency-Key`.',
  ),
  internal_error: why(
    'A mistake in the gateway.',
    'Send it again later with the same `Idempotency-Key`, and report the `request_id`.',
  ),
}
