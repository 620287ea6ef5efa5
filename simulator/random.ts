/** The one source of chance: everything random of a run comes from its seed, in the order it is asked for. */

/** Four numbers out of a text, well mixed (MurmurHash3's finaliser, word by word). */
const mixed = (text: string): number[] =>
  [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f].map((start, lane) => {
    let hash = start ^ lane
    for (let at = 0; at < text.length; at++) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 0xcc9e2d51)
      hash = (hash << 13) | (hash >>> 19)
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    return (hash ^ (hash >>> 16)) >>> 0
  })

export type Random = ReturnType<typeof generator>

/** sfc32: small, fast and good enough to choose misfortunes. */
export const generator = (seed: string) => {
  let [a = 0, b = 0, c = 0, d = 0] = mixed(seed)
  const word = (): number => {
    const sum = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let warm = 0; warm < 12; warm++) word()
  const fraction = () => word() / 2 ** 32
  return {
    fraction,
    chance: (probability: number): boolean => fraction() < probability,
    /** A whole number from `low` up to, but not, `high`. */
    between: (low: number, high: number): number => low + Math.floor(fraction() * (high - low)),
    pick: <Item>(items: readonly Item[]): Item => items[Math.floor(fraction() * items.length)]!,
    bytes: (count: number): Uint8Array => Uint8Array.from({ length: count }, () => word() >>> 24),
  }
}
