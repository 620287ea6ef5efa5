/** What makes music and words. */
import { AddInstrumentalRequest } from '../addInstrumental.ts'
import { AddVocalsRequest } from '../addVocals.ts'
import { COVER_RULES, CoverMusicRequest } from '../coverMusic.ts'
import { EXTEND_RULES, ExtendMusicRequest } from '../extendMusic.ts'
import { GENERATE_MUSIC_RULES, GenerateMusicRequest } from '../generateMusic.ts'
import { GenerateSoundRequest } from '../generateSound.ts'
import { MASHUP_RULES, MashupMusicRequest } from '../mashupMusic.ts'
import { ReplaceSectionRequest, SECTION_RULES } from '../replaceSection.ts'
import { WriteLyricsRequest } from '../writeLyrics.ts'
import { creates, derives, PINNED } from './making.ts'
import { CREATE, type Operation } from './operation.ts'

export const music = {
  generateMusic: creates({
    path: '/v1/music/generations',
    summary: 'Make two tracks from an idea or from exact lyrics',
    body: GenerateMusicRequest,
    rules: GENERATE_MUSIC_RULES,
    errors: [...CREATE, 'not_ready', 'provider_pinned_unavailable'],
    example: {
      mode: 'compose',
      title: 'Rain on the Wire',
      style: 'indie folk, warm, fingerpicked guitar',
      lyrics: '[Verse]\nRain on the wire, home by the light',
    },
  }),
  extendMusic: derives({
    path: '/v1/music/extensions',
    summary: 'Let a song go on',
    description:
      'Without `lyrics`, `style` and `title` it goes on like its source. A track goes on at the provider that made it, or by its audio at another.',
    body: ExtendMusicRequest,
    rules: EXTEND_RULES,
    example: { source: { track_id: 'track_01JD3W8Q4T7X2M5N9P6R0S1V31' } },
  }),
  coverMusic: derives({
    path: '/v1/music/covers',
    summary: 'The same melody in another style',
    description:
      'With `description` the provider writes the words; without any words those of the source track are sung.',
    body: CoverMusicRequest,
    rules: COVER_RULES,
    example: {
      source: { audio_url: 'https://cdn.example.com/demo.mp3' },
      style: 'bossa nova',
      title: 'Rain in Rio',
      lyrics: '[Verse]\nRain on the wire',
    },
  }),
  addVocals: derives({
    path: '/v1/music/vocals',
    summary: 'Let a voice sing over an instrumental',
    body: AddVocalsRequest,
    example: {
      source: { audio_url: 'https://cdn.example.com/beat.mp3' },
      lyrics: '[Verse]\nRain on the wire',
      style: 'soul, warm',
      title: 'Rain on the Wire',
      negative_style: 'metal',
    },
  }),
  addInstrumental: derives({
    path: '/v1/music/instrumentals',
    summary: 'An accompaniment for a voice',
    body: AddInstrumentalRequest,
    example: {
      source: { audio_url: 'https://cdn.example.com/voice.mp3' },
      style: 'lo-fi, warm keys',
      title: 'Slow Tide',
      negative_style: 'metal',
    },
  }),
  replaceSection: derives({
    path: '/v1/music/section-replacements',
    summary: 'New words for a part of a song',
    description: `${PINNED} Audio by URL or upload goes to any provider that takes it.`,
    body: ReplaceSectionRequest,
    rules: SECTION_RULES,
    example: {
      source: { track_id: 'track_01JD3W8Q4T7X2M5N9P6R0S1V31' },
      start_seconds: 20,
      end_seconds: 42,
      lyrics: 'Snow on the wire',
      style: 'indie folk',
      title: 'Snow on the Wire',
      full_lyrics: '[Verse]\nSnow on the wire',
    },
  }),
  mashupMusic: derives({
    path: '/v1/music/mashups',
    summary: 'One song out of two',
    body: MashupMusicRequest,
    rules: MASHUP_RULES,
    example: {
      sources: [{ audio_url: 'https://cdn.example.com/one.mp3' }, { audio_url: 'https://cdn.example.com/two.mp3' }],
      style: 'electro swing',
      title: 'Two in One',
      instrumental: true,
    },
  }),
  generateSound: creates({
    path: '/v1/sounds',
    summary: 'An effect or a loop from an idea',
    body: GenerateSoundRequest,
    example: { description: 'Rain on a tin roof', loop: true, tempo_bpm: 90 },
  }),
  writeLyrics: creates({
    path: '/v1/lyrics',
    tag: 'Lyrics',
    summary: 'Words for a song, without music',
    description: '`result` holds a few variants.',
    body: WriteLyricsRequest,
    example: { description: 'A lighthouse that is afraid of the dark' },
  }),
} as const satisfies Readonly<Record<string, Operation>>
