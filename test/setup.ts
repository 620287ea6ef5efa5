/** For every file of tests: an answer that broke the document fails the test in which it was seen. */
import { afterEach, expect } from 'vitest'
import { takeBroken } from './law/watch.ts'

afterEach(() => {
  expect(takeBroken(), 'answers that are not what openapi/gateway.json promises').toEqual([])
})
