/** What music is made from: audio by its link, uploads and tracks, looked at before anything is spent. */
import { describe, expect, it } from 'vitest'
import {
  DAY,
  fault,
  finishedSong,
  MINUTE,
  openWorld,
  record,
  SECOND,
  type TestWorld,
  type WorldOptions,
} from './world.ts'

const AUDIO = { audio_url: 'https://cdn.example.com/demo.mp3' }
const withSong = async (options: WorldOptions = {}) => {
  const world = openWorld(options)
  const { tracks } = await finishedSong(world, { routing: { provider: 'echo' } })
  world.sent.length = 0
  return { world, track: tracks[0]!, other: tracks[1]! }
}
const extend = (world: TestWorld, track_id: string) => world.carryOut('extendMusic', { source: { track_id } })
const nothing = (world: TestWorld) => expect(world.sent).toEqual([])

describe('a source', () => {
  const SONG = { style: 'folk', title: 'Tide' }
  const add = (world: TestWorld, source: object, project = 'default') =>
    world.ask('addInstrumental', { source, ...SONG }, null, { project })

  it.each([
    'http://cdn.example.com/a.mp3',
    'http://localhost:9/a.mp3',
    'http://127.0.0.1/a.mp3',
    'https://user:secret@cdn.example.com/a.mp3',
    'https://user@cdn.example.com/a.mp3',
    'https://[bad/a.mp3',
  ])('may not be %s', async (audio_url) => {
    const world = openWorld()
    await expect(add(world, { audio_url })).rejects.toMatchObject(fault('/source/audio_url', 'url_not_allowed'))
    nothing(world)
  })

  it('may be plain http on loopback, where that is set up, and nowhere else', async () => {
    const world = openWorld({ settings: { localUrls: true } })
    for (const host of ['localhost:9', '127.0.0.1', '[::1]:9'])
      expect(await add(world, { audio_url: `http://${host}/a.mp3` })).toMatchObject({ status: 'queued' })
    for (const audio_url of ['http://10.0.0.1/a.mp3', 'http://localhost.evil.test/a.mp3', 'http://cdn.example.com/a'])
      await expect(add(world, { audio_url })).rejects.toMatchObject(fault('/source/audio_url', 'url_not_allowed'))
  })

  it('that is an upload is its file, until its provider deletes it', async () => {
    const world = openWorld()
    const caller = { project: 'default', idempotencyKey: null }
    const { made } = await world.engine.uploadAudio(caller, { url: AUDIO.audio_url }, null)
    await add(world, { upload_id: made.id })
    await world.advance(MINUTE)
    expect(world.said('echo-three addInstrumental')).toMatchObject({ audio_url: made.url })
    await world.advance(3 * DAY - MINUTE - SECOND)
    await add(world, { upload_id: made.id })
    await world.advance(SECOND)
    await expect(add(world, { upload_id: made.id })).rejects.toMatchObject({
      code: 'upload_expired',
      involved: { errors: [{ pointer: '/source/upload_id', code: 'upload_expired' }] },
    })
    await expect(add(world, { upload_id: made.id }, 'other')).rejects.toMatchObject(
      fault('/source/upload_id', 'upload_unknown'),
    )
    const unknown = made.id.replace(/.{4}$/, '0001')
    await expect(add(world, { upload_id: unknown })).rejects.toMatchObject(fault('/source/upload_id', 'upload_unknown'))
  })

  it('that is not finished yet is not ready, and says when to ask again', async () => {
    const world = openWorld({ script: { 'echo poll': [record.text, record.done] } })
    const { id } = await world.create({ routing: { provider: 'echo' } })
    await world.advance(10 * SECOND)
    const track_id = (await world.task(id)).tracks[0]!.id
    const error = await add(world, { track_id }).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'not_ready', involved: { task_id: id } })
    expect(error.retryAfter).toBeGreaterThan(0)
    await world.advance(error.retryAfter * SECOND)
    await add(world, { track_id })
  })

  it('that will never be finished, or is nobody’s or somebody else’s, is a fault of the field', async () => {
    const script = { 'echo poll': [record.half, record.broken(null, 'sorry')] }
    const { world, track, other } = await withSong({ script })
    const pointer = '/source/track_id'
    await expect(add(world, { track_id: other })).rejects.toMatchObject(fault(pointer, 'track_unfinished'))
    await expect(add(world, { track_id: track }, 'other')).rejects.toMatchObject(fault(pointer, 'track_unknown'))
    await expect(add(world, { track_id: track.replace(/.$/, '9') })).rejects.toMatchObject(
      fault(pointer, 'track_unknown'),
    )
    nothing(world)
    await add(world, { track_id: track })
  })

  it('whose audio its provider has deleted is refused with what to do, unless it goes on by its own id', async () => {
    const { world, track } = await withSong()
    await world.advance(14 * DAY)
    await expect(add(world, { track_id: track })).rejects.toMatchObject(fault('/source/track_id', 'audio_expired'))
    const sources = [AUDIO, { track_id: track }]
    await expect(world.ask('mashupMusic', { sources, description: 'both' })).rejects.toMatchObject(
      fault('/sources/1/track_id', 'audio_expired'),
    )
    nothing(world)
    expect(await extend(world, track)).toMatchObject({ status: 'succeeded', provider: 'echo' })
    expect(world.bought()).toEqual(['echo extendMusic'])
  })
})
