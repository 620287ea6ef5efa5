/** Times as the grammars write them. What is rounded is always a place in the track, never a length: nothing adds up. */

const two = (number: number) => String(number).padStart(2, '0')

/** `01:02:03.456` from milliseconds. */
export const clock = (milliseconds: number, point: '.' | ',' = '.'): string => {
  const all = Math.round(milliseconds)
  const seconds = Math.floor(all / 1000)
  const rest = String(all % 1000).padStart(3, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${point}${rest}`
}

/** Milliseconds as hundredths of a second. */
export const hundredths = (milliseconds: number): number => Math.round(milliseconds / 10)

/** `62:03.45` from milliseconds: minutes go on after 59. */
export const minutes = (milliseconds: number): string => {
  const all = hundredths(milliseconds)
  return `${two(Math.floor(all / 6000))}:${two(Math.floor(all / 100) % 60)}.${two(all % 100)}`
}

/** `1:02:03.45` from hundredths of a second. */
export const hours = (all: number): string =>
  `${Math.floor(all / 360_000)}:${two(Math.floor(all / 6000) % 60)}:${two(Math.floor(all / 100) % 60)}.${two(all % 100)}`
