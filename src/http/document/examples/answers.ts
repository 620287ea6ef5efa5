/** What each operation answers. */
import type { OperationId } from '../../../canonical/catalogue.ts'
import { TASK_OPERATIONS, type TaskOperation } from '../../../canonical/operations.ts'
import { waveformOf } from '../../lyrics.ts'
import { webhookExamples } from '../webhooks.ts'
import { estimate, persona, upload, voice } from './calls.ts'
import { at, type Examples, PROVIDER, SECOND_PROVIDER, TRACK } from './example.ts'
import { keyExamples } from './keys.ts'
import { aligned, song, timedLyrics } from './lyrics.ts'
import { createdExamples, midi } from './made.ts'
import { capability, unwell } from './providers.ts'
import { canceled, events, failed, readyTrack, running, succeeded, tombstone } from './tasks.ts'

const provider = {
  id: PROVIDER,
  object: 'provider',
  title: 'Aria',
  state: 'no_credits',
  ...unwell,
  credits: 3,
  credentials: [{ credential: 'aria_9f2c41d07be3', state: 'no_credits', ...unwell, credits: 3 }],
  observed: {
    attempts: 812,
    submit_seconds: { p50: 0.9, p95: 2.4 },
    render_seconds: { p50: 81.5, p95: 164 },
    success_rate: 0.9803,
    refund_rate: 0.0074,
  },
  operations: ['generateMusic', 'alignLyrics', 'getCredits'],
}

/** What each operation answers, by HTTP status. */
export const answerExamples: { readonly [Id in OperationId]: Readonly<Record<string, Examples>> } = {
  ...(Object.fromEntries(TASK_OPERATIONS.map((operation) => [operation, createdExamples(operation)])) as {
    readonly [Id in TaskOperation]: Readonly<Record<string, Examples>>
  }),
  createPersona: { 200: { persona: { summary: 'A new persona', value: persona } } },
  checkVoice: {
    200: {
      check: {
        summary: 'It is there',
        value: { object: 'voice_check', voice_id: voice.id, available: true, checked_at: at('09:40:00') },
      },
    },
  },
  enhanceStyle: {
    200: {
      style: {
        summary: 'For `style` of a create',
        value: { object: 'style', style: 'Hushed pop with felt piano and close, breathy vocals' },
      },
    },
  },
  uploadAudio: { 200: { upload: { summary: 'A file for three days', value: upload } } },
  importTrack: { 200: { track: { summary: 'The track, under an id of ours', value: readyTrack(TRACK, 0, 182.4) } } },
  getVoice: { 200: { voice: { summary: 'It waits for its recording', value: voice } } },
  estimate: { 200: { estimate: { summary: 'One provider can do it, one can not', value: estimate } } },
  getTask: {
    200: {
      running: { summary: 'The first track is ready, the second streams', value: running },
      succeeded: { summary: 'Both tracks are ready', value: succeeded },
      failed: { summary: 'The provider refused it, nothing was charged', value: failed },
    },
  },
  cancelTask: { 200: { canceled: { summary: 'It was waiting for a provider', value: canceled } } },
  deleteTask: { 200: { tombstone: { summary: 'A song that was paid for', value: tombstone } } },
  getTombstone: { 200: { tombstone: { summary: 'A song that was paid for', value: tombstone } } },
  listTaskAttempts: { 200: { attempts: { summary: 'One provider was asked', value: { data: succeeded.attempts } } } },
  listTaskEvents: { 200: { events: { summary: 'It was taken back', value: { data: events } } } },
  listEvents: {
    200: {
      page: { summary: 'One page of several', value: { data: [events[1]], has_more: true, next_cursor: 'MQ==' } },
    },
  },
  listTasks: {
    200: {
      page: {
        summary: 'One page of several',
        value: { data: [running], has_more: true, next_cursor: 'MTc5NTI1MzQwMDAwMCB0YXNrXzAxSkQzVzhR' },
      },
      last: { summary: 'The last page', value: { data: [], has_more: false, next_cursor: null } },
    },
  },
  getTrack: { 200: { ready: { summary: 'A finished track', value: readyTrack(TRACK, 0, 182.4) } } },
  getTrackAudio: {},
  alignLyrics: { 200: timedLyrics },
  getTimestampedLyrics: { 200: timedLyrics },
  getMidi: { 200: { notes: { summary: 'One note of the drums', value: midi } } },
  getTrackWaveform: {
    200: {
      samples: { summary: "The provider's samples", value: waveformOf(aligned, song, 'samples') },
      peaks: { summary: 'For wavesurfer', value: waveformOf(aligned, song, 'peaks') },
      audiowaveform: { summary: 'audiowaveform JSON', value: waveformOf(aligned, song, 'audiowaveform') },
    },
  },
  ...webhookExamples,
  ...keyExamples,
  getCredits: {
    200: {
      credits: {
        summary: 'One provider answered, one did not',
        value: {
          data: [
            { provider: PROVIDER, credential: '4f1c09ab', remaining: 1250, usd: 6.25, error: null },
            {
              provider: SECOND_PROVIDER,
              credential: 'b07e55d2',
              remaining: null,
              usd: null,
              error: 'provider_unavailable',
            },
          ],
        },
      },
    },
  },
  listProviders: {
    200: {
      providers: {
        summary: 'One provider has a key here',
        value: {
          data: [
            provider,
            {
              id: SECOND_PROVIDER,
              object: 'provider',
              title: 'Cadence',
              state: 'not_configured',
              why: null,
              since: null,
              retry_at: null,
              credits: null,
              credentials: [],
              observed: {
                attempts: 0,
                submit_seconds: null,
                render_seconds: null,
                success_rate: null,
                refund_rate: null,
              },
              operations: ['generateMusic'],
            },
          ],
        },
      },
    },
  },
  getProvider: { 200: { provider: { summary: 'It is out of credits', value: provider } } },
  listCapabilities: { 200: { capabilities: { summary: 'One row of the matrix', value: { data: [capability] } } } },
}
