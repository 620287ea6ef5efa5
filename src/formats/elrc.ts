/** Enhanced LRC (A2): a time before each word, and one for the end of the last. */
import { minutes } from './clock.ts'
import { escapeLrc, lrcFile } from './lrc.ts'
import type { Song, SungWord } from './song.ts'
import { widen } from './text.ts'

const escapeWord = (text: string): string => widen(escapeLrc(text), /[<>]/g)

const timed = ({ text, spaced, start }: SungWord): string =>
  `${spaced ? ' ' : ''}<${minutes(start)}>${escapeWord(text)}`

/** @example `[00:01.36]<00:01.36>Rain <00:01.79>on<00:01.95>` */
export const elrc = (song: Song): string =>
  lrcFile(song, ({ words, end }) => `${words.map(timed).join('')}<${minutes(end)}>`)
