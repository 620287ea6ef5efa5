/** What counts as a break of the document, and that a note is what lets one pass. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Break, breaks, unexplained } from '../../scripts/breaking.ts'

const PRESENT = 'openapi/gateway.json'
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-breaking-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

// biome-ignore lint/suspicious/noExplicitAny: a document is changed at will here
const changed = (change: (document: any) => void): Break[] => {
  const document = JSON.parse(readFileSync(PRESENT, 'utf8'))
  change(document)
  const path = join(folder, 'changed.json')
  writeFileSync(path, JSON.stringify(document))
  return breaks(PRESENT, path)
}

test('what is taken away from clients is a break, until a note names it', () => {
  const found = changed(({ paths, components: { schemas } }) => {
    delete paths['/v1/credits']
    delete schemas.Track.properties.title
    schemas.Track.properties.name = { type: 'string' }
    schemas.ComposeRequest.required.push('lyrics')
    schemas.DescribeRequest.properties.model.enum.pop()
    schemas.StemName.enum.pop()
  })
  const names = [
    'path-removed #/paths/~1v1~1credits',
    'property-removed #/components/schemas/Track/properties/title',
    'required-properties-added #/components/schemas/ComposeRequest/required',
    'enum-values-removed #/components/schemas/DescribeRequest/properties/model/enum',
    'enum-values-removed #/components/schemas/StemName/enum',
  ]
  expect(found.map(({ name }) => name).sort()).toEqual(names.toSorted())
  expect(unexplained(found, '')).toEqual(found)
  const notes = names.slice(1).map((name) => `- \`${name}\`: because`)
  expect(unexplained(found, notes.join('\n')).map(({ name }) => name)).toEqual(names.slice(0, 1))
})

test('what is added is none', () => {
  const found = changed(({ info, paths, components: { schemas } }) => {
    info.description = 'New'
    paths['/v1/new'] = { get: { ...paths['/v1/credits'].get, operationId: 'getNew' } }
    schemas.Track.properties.extra = { type: 'string' }
    schemas.Track.required.push('extra')
    schemas.ComposeRequest.properties.extra = { type: 'string' }
    for (const list of ['Model', 'Stage', 'ErrorCode', 'StemName']) schemas[list].enum.push('new')
  })
  expect(found).toEqual([])
})
