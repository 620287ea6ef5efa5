/** The words of a new section in the suno-relay dialect: kie.md 7.7, apibox.md 6.10. */
import { callback_url } from './controls.ts'

export const section = {
  start_seconds: 'infillStartS',
  end_seconds: 'infillEndS',
  lyrics: 'prompt',
  style: 'tags',
  title: 'title',
  full_lyrics: 'fullLyrics',
  negative_style: 'negativeTags',
  callback_url,
} as const
