/** Each operation as a request in four languages, for the reference: nothing to install, nothing to fill in but the environment. */
import type { Json } from '../document/schemas.ts'

interface Asked {
  readonly method: string
  /** With `{track_id}` and the like. */
  readonly path: string
  readonly body?: unknown
  /** Whether a key is needed. */
  readonly keyed: boolean
}

/** What stands in the path is read from the environment: `{track_id}` is TRACK_ID. */
const variableOf = (name: string) => name.toUpperCase()
const filled = (path: string, say: (variable: string) => string) =>
  path.replace(/\{([^}]+)\}/g, (_, name: string) => say(variableOf(name)))
const indented = (text: string, by: string) => text.replaceAll('\n', `\n${by}`)
const pretty = (value: unknown) => JSON.stringify(value, null, 2)

const curl = ({ method, path, body, keyed }: Asked): string =>
  [
    `curl -s ${method === 'GET' || (method === 'POST' && body !== undefined) ? '' : `-X ${method} `}"$TUTTI${filled(path, (name) => `$${name}`)}"`,
    ...(keyed ? ['-H "Authorization: Bearer $TUTTI_KEY"'] : []),
    ...(body === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `-d '${pretty(body).replaceAll("'", "'\\''")}'`]),
  ].join(' \\\n  ')

const typescript = ({ method, path, body, keyed }: Asked): string => {
  const headers = [
    ...(keyed ? [`    Authorization: \`Bearer \${process.env.TUTTI_KEY}\`,`] : []),
    ...(body === undefined ? [] : ["    'Content-Type': 'application/json',"]),
  ]
  const options = [
    ...(method === 'GET' ? [] : [`  method: '${method}',`]),
    ...(headers.length > 0 ? ['  headers: {', ...headers, '  },'] : []),
    ...(body === undefined ? [] : [`  body: JSON.stringify(${indented(pretty(body), '  ')}),`]),
  ]
  const url = `\`\${process.env.TUTTI}${filled(path, (name) => `\${process.env.${name}}`)}\``
  return [
    options.length === 0
      ? `const answer = await fetch(${url})`
      : `const answer = await fetch(${url}, {\n${options.join('\n')}\n})`,
    'console.log(answer.status, await answer.text())',
  ].join('\n')
}

/** JSON as Python writes it. */
const pythonic = (value: unknown, depth = 0): string => {
  const pad = '    '.repeat(depth + 1)
  const close = '    '.repeat(depth)
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value !== 'object') return JSON.stringify(value)
  const lines = Array.isArray(value)
    ? value.map((each) => `${pad}${pythonic(each, depth + 1)},`)
    : Object.entries(value).map(([key, each]) => `${pad}${JSON.stringify(key)}: ${pythonic(each, depth + 1)},`)
  const [start, end] = Array.isArray(value) ? '[]' : '{}'
  return lines.length === 0 ? `${start}${end}` : `${start}\n${lines.join('\n')}\n${close}${end}`
}

const python = ({ method, path, body, keyed }: Asked): string => {
  const headers = [
    ...(keyed ? ['        "Authorization": f"Bearer {os.environ[\'TUTTI_KEY\']}",'] : []),
    ...(body === undefined ? [] : ['        "Content-Type": "application/json",']),
  ]
  return [
    ...(body === undefined ? [] : ['import json']),
    'import os',
    'import urllib.request',
    '',
    ...(body === undefined ? [] : [`body = ${pythonic(body)}`]),
    'request = urllib.request.Request(',
    `    f"{os.environ['TUTTI']}${filled(path, (name) => `{os.environ['${name}']}`)}",`,
    `    method="${method}",`,
    ...(headers.length > 0 ? ['    headers={', ...headers, '    },'] : []),
    ...(body === undefined ? [] : ['    data=json.dumps(body).encode(),']),
    ')',
    'with urllib.request.urlopen(request) as answer:',
    '    print(answer.status, answer.read().decode())',
  ].join('\n')
}

const go = ({ method, path, body, keyed }: Asked): string => {
  const url = filled(path, (name) => `" + os.Getenv("${name}") + "`)
  const reader = body === undefined ? 'nil' : 'strings.NewReader(body)'
  const imports = ['fmt', 'io', 'net/http', 'os', ...(body === undefined ? [] : ['strings'])]
  // A raw string can not hold a backquote.
  const text = `\`${pretty(body ?? {}).replaceAll('`', '` + "`" + `')}\``
  return [
    'package main',
    '',
    'import (',
    ...imports.map((name) => `\t"${name}"`),
    ')',
    '',
    'func main() {',
    ...(body === undefined ? [] : [`\tbody := ${text}`]),
    `\trequest, err := http.NewRequest("${method}", os.Getenv("TUTTI")+"${url}", ${reader})`.replace(' + ""', ''),
    '\tif err != nil {\n\t\tpanic(err)\n\t}',
    ...(keyed ? ['\trequest.Header.Set("Authorization", "Bearer "+os.Getenv("TUTTI_KEY"))'] : []),
    ...(body === undefined ? [] : ['\trequest.Header.Set("Content-Type", "application/json")']),
    '\tanswer, err := http.DefaultClient.Do(request)',
    '\tif err != nil {\n\t\tpanic(err)\n\t}',
    '\tdefer answer.Body.Close()',
    '\ttext, err := io.ReadAll(answer.Body)',
    '\tif err != nil {\n\t\tpanic(err)\n\t}',
    '\tfmt.Println(answer.StatusCode, string(text))',
    '}',
  ].join('\n')
}

export interface Sample {
  readonly lang: string
  readonly label: string
  readonly source: string
}

const samplesOf = (asked: Asked): Sample[] => [
  { lang: 'shell', label: 'curl', source: curl(asked) },
  { lang: 'typescript', label: 'TypeScript', source: typescript(asked) },
  { lang: 'python', label: 'Python', source: python(asked) },
  { lang: 'go', label: 'Go', source: go(asked) },
]

interface Described extends Json {
  readonly security?: readonly unknown[]
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly examples?: Json }>> }
}

const askedOf = (method: string, path: string, { security, requestBody }: Described): Asked => {
  const examples = Object.values(requestBody?.content?.['application/json']?.examples ?? {}) as { value: unknown }[]
  return {
    method: method.toUpperCase(),
    path: path === '/errors/{code}' ? '/errors/not_ready' : path,
    keyed: security === undefined || security.length > 0,
    ...(examples[0] === undefined ? {} : { body: examples[0].value }),
  }
}

/** The document with a sample of each operation in each language. */
export const withSamples = (document: Json): Json => {
  const paths = Object.entries((document.paths ?? {}) as Record<string, Record<string, Described>>)
  return {
    ...document,
    paths: Object.fromEntries(
      paths.map(([path, methods]) => [
        path,
        Object.fromEntries(
          Object.entries(methods).map(([method, operation]) => [
            method,
            { ...operation, 'x-codeSamples': samplesOf(askedOf(method, path, operation)) },
          ]),
        ),
      ]),
    ),
  }
}
