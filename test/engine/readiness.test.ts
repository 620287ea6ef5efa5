/** Whether a gateway says that it can do its work: the store takes writes, and a provider can be asked. */
import { expect, it } from 'vitest'
import { MINUTE, no, openWorld, SECOND } from './world.ts'

it('is ready where the store takes writes and a provider has a key', async () => {
  expect(await openWorld().engine.unready()).toBeNull()
})

it('is not where no provider has a key', async () => {
  const world = openWorld({ keys: { echo: [], 'echo-two': [], 'echo-three': [] } })
  expect(await world.engine.unready()).toMatchObject({ code: 'no_provider_available' })
})

it('is not while the store refuses writes, and is asked once a second', async () => {
  const world = openWorld()
  world.refuseCommits(1)
  const [first, second] = await Promise.all([world.engine.unready(), world.engine.unready()])
  expect(first).toMatchObject({ code: 'storage_unavailable' })
  expect(second).toEqual(first)
  await world.advance(SECOND)
  expect(await world.engine.unready()).toBeNull()
})

it('is not while every provider refuses its key', async () => {
  const refused = [no(401)]
  const world = openWorld({
    script: { 'echo submit': refused, 'echo-two submit': refused, 'echo-three submit': refused },
  })
  await world.create()
  await world.advance(MINUTE)
  expect(world.engine.listProviders().data.map(({ state }) => state)).toEqual(Array(3).fill('auth_failed'))
  expect(await world.engine.unready()).toMatchObject({ code: 'no_provider_available' })
})
