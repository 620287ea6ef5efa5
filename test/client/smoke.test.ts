/** The promise of the product: the same lines of a client, whichever provider carries them out. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTutti, type Task, type TimestampedLyrics, type Tutti } from '../../openapi/client/index.ts'
import { adapters } from '../../src/registry.ts'
import { type Harness, KEY, SONG, startHarness } from '../harness.ts'

/** What a client does, once, for everybody. */
const makeSong = async (tutti: Tutti) => {
  const accepted = await tutti.generateMusic({ body: SONG })
  const seen: string[] = []
  const task = await tutti.waitForTask(accepted.id, { onProgress: ({ stage }) => seen.push(stage) })
  const track = task.tracks[0]!
  const lyrics = await tutti.alignLyrics({ path: { track_id: track.id } })
  const file = await tutti.lyricsFile(track.id, 'ttml')
  const waveform = await tutti.getTrackWaveform({ path: { track_id: track.id } })
  const events: string[] = []
  for await (const { type } of tutti.events(task.id)) events.push(type)
  const longer = await tutti.extendMusic({ body: { source: { track_id: track.id } } })
  const extended = await tutti.waitForTask(longer.id)
  const left = await tutti.getCredits()
  return { task, track, lyrics, file, waveform, seen, events, extended, left }
}

/** Every place there is in an answer, whatever stands in it: the shape that the README compares too. */
const shape = (value: unknown, place = ''): string[] => {
  const inside = Array.isArray(value)
    ? value.flatMap((each) => shape(each, `${place}[]`))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, each]) => shape(each, `${place}.${key}`))
      : []
  return [...new Set([place, ...inside])].sort()
}

/** A gateway that has only this provider: nothing in the request names it. */
describe('the same client', () => {
  const made: Record<string, { task: Task; lyrics: TimestampedLyrics }> = {}

  describe.each(adapters.map(({ id }) => id))('through %s', (id) => {
    let harness: Harness
    beforeAll(async () => {
      harness = await startHarness({ only: [id] })
    })
    afterAll(() => harness.stop())

    test('makes a song, its timed words, and more of it', async () => {
      const tutti = createTutti({ baseUrl: harness.here, key: KEY })
      const { task, track, lyrics, file, seen, events, extended, left } = await makeSong(tutti)
      made[id] = { task, lyrics }
      expect(task.status).toBe('succeeded')
      expect(task.provider).toBe(id)
      expect(track.audio?.url).toMatch(/^http/)
      expect(lyrics.words.map(({ text }) => text)).toContain('wire')
      expect(file).toMatch(/^<\?xml|^<tt/)
      expect(seen.at(-1)).toBe('complete')
      expect(events[0]).toBe('task.queued')
      expect(events.at(-1)).toBe('task.succeeded')
      expect(extended.status).toBe('succeeded')
      expect(left.data.map(({ provider }) => provider)).toContain(id)
    })
  })

  test('gets the same shape of answer from each', () => {
    const answers = Object.values(made)
    expect(answers).toHaveLength(adapters.length)
    for (const { task, lyrics } of answers) {
      expect(shape(task)).toEqual(shape(answers[0]!.task))
      expect(shape(lyrics)).toEqual(shape(answers[0]!.lyrics))
    }
  })
})
