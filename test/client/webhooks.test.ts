/** Verified webhooks, signed by the library of the standard and by the gateway's own signer. */
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { verifyWebhook, WebhookVerificationError } from '../../openapi/client/index.ts'
import { newKeyPair, newSecret, publicText, signer } from '../../src/engine/webhooks/signing.ts'
import { nodeEntropy } from '../../src/platform/node/keys.ts'

const entropy = nodeEntropy('here')
const ID = 'evt_01JD3W8Q4T7X2M5N9P6R0S1V306'
const EVENT = { type: 'task.succeeded', words: 'Ünïcode 🎸 \u2028' }
const BODY = JSON.stringify(EVENT)

const signed = (secret: string, at = Date.now(), body = BODY) => ({
  'webhook-id': ID,
  'webhook-timestamp': String(Math.floor(at / 1000)),
  'webhook-signature': new Webhook(secret).sign(ID, new Date(at), body),
})

describe('a message', () => {
  test('of the standard is taken, however its headers and its body come', async () => {
    const secret = newSecret(entropy)
    const headers = signed(secret)
    const loud = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]))
    for (const each of [headers, loud, new Headers(headers)])
      for (const body of [BODY, new TextEncoder().encode(BODY)])
        expect(await verifyWebhook(each, body, secret)).toEqual(EVENT)
  })

  test('is refused where one thing differs', async () => {
    const secret = newSecret(entropy)
    const headers = signed(secret)
    const refused = (changed: object, body = BODY, by: string | string[] = secret) =>
      expect(verifyWebhook({ ...headers, ...changed }, body, by)).rejects.toThrow(WebhookVerificationError)
    await refused({}, `${BODY} `)
    await refused({}, BODY, newSecret(entropy))
    await refused({}, BODY, [])
    await refused({ 'webhook-id': `${ID}A` })
    await refused({ 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) })
    await refused({ 'webhook-timestamp': 'now' })
    await refused({ 'webhook-timestamp': undefined })
    await refused({ 'webhook-signature': headers['webhook-signature'].replace('v1,', 'v2,') })
    await refused({ 'webhook-signature': 'v1,not base64!' })
    await refused({ 'webhook-signature': 'v1' })
    await refused({ 'webhook-signature': '' })
  })

  test('is taken for five minutes, before and after', async () => {
    const secret = newSecret(entropy)
    const now = 1_800_000_000_000
    for (const [away, taken] of [
      [0, true],
      [299, true],
      [-299, true],
      [301, false],
      [-301, false],
    ] as const) {
      const judged = verifyWebhook(signed(secret, now + away * 1000), BODY, secret, now).then(
        () => true,
        () => false,
      )
      expect(await judged).toBe(taken)
    }
  })

  test('is taken by either secret while one is replaced, and by the public key', async () => {
    const [old, next, other] = [newSecret(entropy), newSecret(entropy), newSecret(entropy)]
    const pair = await newKeyPair()
    const headers = await signer()({ secrets: [old, next], pairs: [pair] }, ID, Date.now(), BODY)
    for (const secret of [old, next, publicText(pair), [other, next]])
      expect(await verifyWebhook(headers, BODY, secret)).toEqual(EVENT)
    await expect(verifyWebhook(headers, BODY, publicText(await newKeyPair()))).rejects.toThrow('No signature is right')
  })
})
