// Prints the shape of the JSON on standard input: every place there is, sorted, whatever stands in it.
import { readFileSync } from 'node:fs'

const places = new Set()
const walk = (value, place) => {
  places.add(place)
  if (Array.isArray(value)) for (const item of value) walk(item, `${place}[]`)
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) walk(item, `${place}.${key}`)
}
walk(JSON.parse(readFileSync(0, 'utf8')), '')
console.log([...places].sort().join('\n'))
