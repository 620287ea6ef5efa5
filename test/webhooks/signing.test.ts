/** Signatures, judged by the library of Standard Webhooks and by Node's own cryptography. */
import { createPublicKey, randomBytes, verify } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import type { Entropy } from '../../src/engine/ports.ts'
import {
  newKeyPair,
  newSecret,
  publicKey,
  publicText,
  secretOfSigner,
  signer,
} from '../../src/engine/webhooks/signing.ts'
import { nodeEntropy } from '../../src/platform/node/keys.ts'

const entropy: Entropy = nodeEntropy('here')
const ID = 'evt_01JD3W8Q4T7X2M5N9P6R0S1V306'
const BODY = JSON.stringify({ type: 'task.succeeded', words: 'Ünïcode 🎸 \u2028' })

describe('a secret', () => {
  test('is new each time, with as many bytes as the standard asks for', () => {
    const secrets = Array.from({ length: 50 }, () => newSecret(entropy))
    expect(new Set(secrets).size).toBe(50)
    for (const secret of secrets) {
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
      expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32)
    }
  })

  test('of a client key follows from the key and the installation', async () => {
    const [one, same, other, elsewhere] = await Promise.all([
      secretOfSigner(entropy, 'a'),
      secretOfSigner(nodeEntropy('here'), 'a'),
      secretOfSigner(entropy, 'b'),
      secretOfSigner(nodeEntropy('there'), 'a'),
    ])
    expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(same).toBe(one)
    expect(new Set([one, other, elsewhere]).size).toBe(3)
  })
})

describe('a message', () => {
  test('is verified by the library of the standard', async () => {
    const sign = signer()
    for (let count = 0; count < 20; count++) {
      const secret = newSecret(entropy)
      const body = JSON.stringify({ type: 'task.failed', noise: randomBytes(count * 100).toString('base64') })
      const headers = await sign({ secrets: [secret], pairs: [] }, ID, Date.now(), body)
      expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
      expect(() => new Webhook(newSecret(entropy)).verify(body, headers)).toThrow()
      expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow()
      expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': `${ID}A` })).toThrow()
    }
  })

  test('is refused by it where the attempt is older than five minutes', async () => {
    const secret = newSecret(entropy)
    const headers = await signer()({ secrets: [secret], pairs: [] }, ID, Date.now() - 6 * 60_000, BODY)
    expect(() => new Webhook(secret).verify(BODY, headers)).toThrow('too old')
  })

  test('is verified by either secret during a rotation', async () => {
    const secrets = [newSecret(entropy), newSecret(entropy)]
    const headers = await signer()({ secrets, pairs: [] }, ID, Date.now(), BODY)
    expect(headers['webhook-signature'].split(' ')).toHaveLength(2)
    for (const secret of secrets) expect(new Webhook(secret).verify(BODY, headers)).toEqual(JSON.parse(BODY))
  })

  test('is verified by its published key, beside the secret', async () => {
    const pairs = [await newKeyPair(), await newKeyPair()]
    const secret = newSecret(entropy)
    const headers = await signer()({ secrets: [secret], pairs }, ID, Date.now(), BODY)
    expect(new Webhook(secret).verify(BODY, headers)).toEqual(JSON.parse(BODY))
    const signatures = headers['webhook-signature'].split(' ').filter((each) => each.startsWith('v1a,'))
    const signed = Buffer.from(`${ID}.${headers['webhook-timestamp']}.${BODY}`)
    for (const [index, pair] of pairs.entries()) {
      const key = createPublicKey({ key: publicKey(pair) as never, format: 'jwk' })
      const right = Buffer.from(signatures[index]!.slice(4), 'base64')
      expect(verify(null, signed, key, right)).toBe(true)
      expect(verify(null, Buffer.from(`${signed} `), key, right)).toBe(false)
      expect(verify(null, signed, key, Buffer.from(signatures[1 - index]!.slice(4), 'base64'))).toBe(false)
      expect(Buffer.from(publicText(pair).slice(5), 'base64')).toEqual(Buffer.from(pair.x, 'base64url'))
    }
  })

  test('publishes nothing secret', async () => {
    const pair = await newKeyPair()
    expect(Object.keys(publicKey(pair)).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
    expect(JSON.stringify([publicKey(pair), publicText(pair)])).not.toContain(pair.d)
  })
})
