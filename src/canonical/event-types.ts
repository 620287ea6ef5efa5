/** The words for what happens to a task. */

/** What each type tells. */
export const EVENTS = {
  'task.queued': 'It is stored and will be carried out',
  'task.submitted': 'A provider has taken it',
  'task.reconciling': 'Whether a provider has taken it is not known yet',
  'task.stalled': 'There has been no news for too long; it is followed all the same',
  'task.failed_over': 'It goes on at the next provider',
  'task.text_ready': 'Lyrics and titles are there',
  'task.first_ready': 'The first of several tracks is there',
  'task.succeeded': 'It has ended with what it was to make',
  'task.failed': 'It has ended without',
  'task.canceled': 'It was ended before a provider had it',
  'track.ready': 'One more track is there',
  'asset.expiring': 'In 72 hours, or sooner, the provider deletes files of it: copy them',
  'track.salvaged': 'A result came after its task had failed, or had gone on to the next provider: this task keeps it',
} as const
export const EVENT_TYPES = Object.keys(EVENTS) as (keyof typeof EVENTS)[]
export type EventType = keyof typeof EVENTS
