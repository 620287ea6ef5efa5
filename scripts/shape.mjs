// Prints the shape of the JSON on standard input: every path with its type, sorted, values left out.
import { readFileSync } from 'node:fs'

const shapes = new Set()
const walk = (value, path) => {
  if (Array.isArray(value)) {
    shapes.add(`${path} list`)
    for (const item of value) walk(item, `${path}[]`)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) walk(item, `${path}.${key}`)
  } else shapes.add(`${path} ${value === null ? 'null' : typeof value}`)
}
walk(JSON.parse(readFileSync(0, 'utf8')), '')
console.log([...shapes].sort().join('\n'))
