/** Voices and personas. */
import { CheckVoiceRequest, VoiceCheck } from '../checkVoice.ts'
import { CreatePersonaRequest, Persona } from '../createPersona.ts'
import { ConfirmVoiceRequest, RenewPhraseRequest, StartVoiceRequest, VOICE_RULES, Voice } from '../voice.ts'
import { creates, derives, PINNED } from './making.ts'
import { ASKED, CREATE, IDEMPOTENCY, type Operation, SENT, SOURCE, voice } from './operation.ts'

export const voices = {
  startVoice: derives({
    path: '/v1/voices',
    tag: 'Voices',
    summary: 'Begin a custom voice: get a phrase to sing',
    description: 'The task ends with a phrase. Record it with the same voice and send the recording to confirmVoice.',
    body: StartVoiceRequest,
    rules: VOICE_RULES,
    example: { source: { audio_url: 'https://cdn.example.com/singing.mp3' }, start_seconds: 0, end_seconds: 20 },
  }),
  renewPhrase: creates({
    path: '/v1/voices/{voice_id}/phrase',
    tag: 'Voices',
    params: voice,
    summary: 'Another phrase to sing for a custom voice',
    description:
      'For a phrase that is hard to sing or read. The task ends with the new one, and confirmVoice then takes a recording of that one. Only the provider that began the voice can do this, with the key it was begun with.',
    body: RenewPhraseRequest,
    bodyOptional: true,
    errors: ['not_found', ...CREATE, 'not_ready', 'provider_pinned_unavailable'],
    example: {},
  }),
  confirmVoice: creates({
    path: '/v1/voices/{voice_id}/recording',
    tag: 'Voices',
    params: voice,
    summary: 'Finish a custom voice with the recorded phrase',
    body: ConfirmVoiceRequest,
    errors: ['not_found', ...CREATE, ...SOURCE],
    example: { source: { audio_url: 'https://cdn.example.com/phrase.mp3' }, name: 'Marlene' },
  }),
  getVoice: {
    kind: 'read',
    method: 'get',
    path: '/v1/voices/{voice_id}',
    tag: 'Voices',
    summary: 'A custom voice as it is now',
    description:
      'Once it is `ready`, generateMusic, extendMusic and coverMusic take it as `voice_id`. Reading never calls a provider: `available` is what checkVoice heard last.',
    params: voice,
    result: Voice,
    headers: [],
    errors: ['not_found', 'task_deleted'],
  },
  checkVoice: {
    kind: 'call',
    method: 'post',
    path: '/v1/voices/{voice_id}/checks',
    tag: 'Voices',
    summary: 'Ask whether the provider still has a custom voice',
    description:
      'A call to the provider that made the voice, which is waited for; nobody publishes what it costs. The same Idempotency-Key gives the same answer again: ask anew with another one, or with none.',
    params: voice,
    body: CheckVoiceRequest,
    bodyOptional: true,
    result: VoiceCheck,
    headers: ['Idempotency-Key'],
    errors: ['not_found', ...SENT, ...IDEMPOTENCY, 'not_ready', 'provider_pinned_unavailable', ...ASKED],
    example: {},
  },
  createPersona: {
    kind: 'call',
    method: 'post',
    path: '/v1/personas',
    tag: 'Voices',
    summary: 'The voice and manner of a track, to be used again',
    description: `${PINNED} Providers make one persona of a track.`,
    body: CreatePersonaRequest,
    result: Persona,
    headers: ['Idempotency-Key'],
    errors: [...SENT, ...IDEMPOTENCY, 'not_ready', 'provider_pinned_unavailable', ...ASKED],
    example: {
      track_id: 'track_01JD3W8Q4T7X2M5N9P6R0S1V31',
      name: 'Night Radio',
      description: 'Warm close baritone over slow synth pop',
    },
  },
} as const satisfies Readonly<Record<string, Operation>>
