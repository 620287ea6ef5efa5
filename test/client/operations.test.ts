/** The client and its document: every operation has a method, which asks what the document says. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createTutti } from '../../openapi/client/index.ts'

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly $ref?: string; readonly name?: string; readonly in?: string }[]
  readonly requestBody?: object
  readonly security?: readonly object[]
}
type Document = {
  readonly openapi: string
  readonly info: { readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties?: object }>> }
}
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Document
const document = read('openapi/gateway.json')
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ id: operation.operationId, method, path, operation })),
)

test.each(operations)('$id', async ({ id, method, path, operation }) => {
  const asked: Request[] = []
  const tutti = createTutti({
    baseUrl: 'https://music.example.com/gateway/',
    key: 'a key',
    fetch: async (request) => {
      asked.push(request)
      return Response.json({ made: id })
    },
  })
  const call = (tutti as unknown as Record<string, (options: object) => Promise<unknown>>)[id]
  expect(call).toBeTypeOf('function')
  const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name!)
  const body = operation.requestBody && { sent: id }
  expect(await call!.call(tutti, { path: Object.fromEntries(names.map((name) => [name, 'a/b'])), body })).toEqual({
    made: id,
  })
  const request = asked[0]!
  expect(request.method).toBe(method.toUpperCase())
  expect(request.url).toBe(`https://music.example.com/gateway${path.replace(/\{\w+\}/g, 'a%2Fb')}`)
  expect(await request.text()).toBe(body ? JSON.stringify(body) : '')
  expect(request.headers.get('authorization')).toBe(operation.security?.length === 0 ? null : 'Bearer a key')
  const keyed = operation.parameters?.some(({ $ref }) => $ref?.endsWith('/Idempotency-Key')) ?? false
  // Timed lyrics are bought once for a track: a new key would buy them again.
  expect(request.headers.has('idempotency-key')).toBe(keyed && id !== 'alignLyrics')
})

test('a MIDI file is its bytes, unchanged', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
  const asked: string[] = []
  const tutti = createTutti({
    baseUrl: 'https://music.example.com',
    key: 'a key',
    fetch: async ({ url }) => {
      asked.push(url)
      return new Response(bytes, { headers: { 'content-type': 'audio/midi' } })
    },
  })
  expect(new Uint8Array(await tutti.midiFile('task_1'))).toEqual(bytes)
  expect(asked).toEqual(['https://music.example.com/v1/tasks/task_1/midi?format=mid'])
})

test('the package has the version of the document', () => {
  expect(JSON.parse(readFileSync('openapi/client/package.json', 'utf8')).version).toBe(document.info.version)
})

describe('the twin for older tools', () => {
  const twin = read('openapi/gateway-3.0.json')

  test('has the same operations and the same fields', () => {
    expect(twin.openapi).toBe('3.0.3')
    expect(Object.entries(twin.paths).map(([path, methods]) => [path, Object.keys(methods)])).toEqual(
      Object.entries(document.paths).map(([path, methods]) => [path, Object.keys(methods)]),
    )
    const fieldsOf = ({ components }: Document) =>
      Object.entries(components.schemas).map(([name, { properties = {} }]) => [name, Object.keys(properties)])
    expect(fieldsOf(twin)).toEqual(fieldsOf(document))
  })

  test('has no word that 3.0 does not know', () => {
    const unknown: string[] = []
    const walk = (schema: unknown, place: string): void => {
      if (typeof schema !== 'object' || schema === null) return
      const { example: _, enum: __, properties, ...rest } = schema as Record<string, unknown>
      for (const word of ['const', 'examples', 'if', 'then', 'prefixItems', 'dependentRequired', 'contentMediaType'])
        if (word in rest) unknown.push(`${place}/${word}`)
      if ('$ref' in rest && Object.keys(rest).length > 1) unknown.push(`${place}: beside a reference`)
      if (Array.isArray(rest.type) || rest.type === 'null') unknown.push(`${place}/type`)
      if (rest.nullable && rest.type === undefined) unknown.push(`${place}/nullable`)
      if (rest.type === 'array' && typeof rest.items !== 'object') unknown.push(`${place}/items`)
      for (const [name, each] of Object.entries({ ...rest, ...(properties as object) })) walk(each, `${place}/${name}`)
    }
    walk(twin.components.schemas, '')
    expect(unknown).toEqual([])
  })
})
