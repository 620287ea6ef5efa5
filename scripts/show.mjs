// Prints places of the JSON on standard input, a line each: node scripts/show.mjs id 'tracks.*.status'
import { readFileSync } from 'node:fs'

const read = (value, [key, ...rest]) =>
  key === undefined ? value : key === '*' ? value.map((item) => read(item, rest)) : read(value?.[key], rest)
const answer = JSON.parse(readFileSync(0, 'utf8'))
for (const path of process.argv.slice(2)) console.log(`${path}: ${JSON.stringify(read(answer, path.split('.')))}`)
