/** What the package offers. */
export {
  createTutti,
  type EventsOptions,
  type ExportOptions,
  type LyricsFormat,
  type Tutti,
  type TuttiOptions,
  type UploadOptions,
  type WaitOptions,
} from './client.ts'
export { type ClientErrorCode, type Failure, TuttiError, type TuttiErrorCode } from './errors.ts'
export type * from './generated/types.gen.ts'
export { verifyWebhook, type WebhookHeaders, WebhookVerificationError } from './webhooks.ts'
