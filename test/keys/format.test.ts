/** How keys are spelt: what is one, what is none, and what may be shown of it. */
import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checksum, crc32, hintOf, isPlausible, newKey } from '../../src/engine/keys/format.ts'
import { nodeEntropy } from '../../src/platform/node/keys.ts'

const entropy = nodeEntropy('format')
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

describe('a new key', () => {
  it('has a prefix, 30 random letters and six of checksum', () => {
    for (const [livemode, prefix] of [
      [true, 'tutti_live_'],
      [false, 'tutti_test_'],
    ] as const) {
      const key = newKey(entropy, livemode)
      expect(key).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{36}$`))
      expect(key.slice(-6)).toBe(checksum(key.slice(0, -6)))
      expect(isPlausible(key)).toBe(true)
    }
  })

  it('is never the same, and takes every letter about as often as any other', () => {
    const keys = Array.from({ length: 2000 }, () => newKey(entropy, true))
    expect(new Set(keys).size).toBe(2000)
    const seen = new Map([...LETTERS].map((letter) => [letter, 0]))
    for (const key of keys) for (const letter of key.slice(11, 41)) seen.set(letter, seen.get(letter)! + 1)
    const wanted = (2000 * 30) / 62
    for (const count of seen.values()) expect(Math.abs(count - wanted)).toBeLessThan(wanted * 0.25)
  })

  it('is no key any more with one letter changed, left out or exchanged with its neighbour', () => {
    const place = fc.integer({ min: 11, max: 46 })
    fc.assert(
      fc.property(place, fc.constantFrom(...LETTERS), (at, letter) => {
        const key = newKey(entropy, true)
        const changed = key.slice(0, at) + letter + key.slice(at + 1)
        const swapped = key.slice(0, at) + (key[at + 1] ?? '') + key[at] + key.slice(at + 2)
        for (const other of [changed, swapped]) expect(isPlausible(other)).toBe(other === key)
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  it('shows no more than eight of its letters', () => {
    const key = newKey(entropy, true)
    expect(hintOf(key)).toBe(`${key.slice(0, 15)}…${key.slice(-4)}`)
  })
})

describe('a checksum', () => {
  it('is CRC-32 in six letters', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x21-\x7e]{0,60}$/), (text) => {
        expect(crc32(text)).toBe(zlibCrc32(text))
        const value = [...checksum(text)].reduce((sum, letter) => sum * 62 + LETTERS.indexOf(letter), 0)
        expect(value).toBe(crc32(text))
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})

describe('what has no checksum', () => {
  it.each([
    ['tutti_test_sandbox000000000000000000', true],
    ['tutti_live_000000000000000000000000000000', true],
    ['a key that somebody thought of'.replaceAll(' ', '-'), true],
    ['x'.repeat(255), true],
    ['x'.repeat(256), false],
    ['x'.repeat(23), false],
    ['', false],
    [`tutti_live_${'0'.repeat(36)}`, false],
    [`${'x'.repeat(30)} x`, false],
    [`${'x'.repeat(30)}\n`, false],
  ])('%j can be a key: %s', (text, expected) => expect(isPlausible(text)).toBe(expected))
})
