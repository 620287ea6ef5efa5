/** Timed lyrics of which nobody knows whether they were bought: said until there are lyrics, whatever came later. */
import { expect, it } from 'vitest'
import { finishedSong, lost, no, openWorld } from './world.ts'

it('an unknown outcome is still said after a purchase with another key was refused', async () => {
  const world = openWorld({ script: { 'echo words': [lost, no(413, 'bad words')] } })
  const { tracks } = await finishedSong(world, { routing: { provider: 'echo' } })
  const align = (idempotencyKey: string | null) =>
    world.engine.alignLyrics({ project: 'default', idempotencyKey }, tracks[0]!, 0)
  const unconfirmed = { code: 'submission_unconfirmed' }
  await expect(align('one')).rejects.toMatchObject(unconfirmed)
  await expect(align('two')).rejects.toMatchObject({ code: 'content_rejected' })
  await expect(align(null)).rejects.toMatchObject(unconfirmed)
  // And who only reads is not sent to buy it again.
  const read = await world.engine.getTimestampedLyrics('default', tracks[0]!).catch((error) => error)
  expect(read).toMatchObject({ code: 'not_ready', involved: { may_have_been_charged: true, retryable: false } })
  expect(read.involved).not.toHaveProperty('link')
  expect(world.count('echo words')).toBe(2)
})
