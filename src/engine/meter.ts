/** Figures of this process, as Prometheus reads them (https://prometheus.io/docs/instrumenting/exposition_formats/). */

export type Labels = Readonly<Record<string, string>>

/** What each family of figures tells. Times are in seconds. */
export const FAMILIES = {
  tutti_http_requests_total: ['counter', 'Requests answered, by operation and status'],
  tutti_http_request_seconds: ['histogram', 'Time until a request was answered, without what streams take'],
  tutti_attempts_total: ['counter', 'Attempts, by what came of the submit'],
  tutti_submit_seconds: ['histogram', 'Time a provider took to answer a submit'],
  tutti_render_seconds: ['histogram', 'Time from the acceptance to the end of a task'],
  tutti_tasks_ended_total: ['counter', 'Tasks that have ended, by how'],
  tutti_tasks_queued: ['gauge', 'Tasks that wait to be submitted'],
  tutti_outcomes_unknown: ['gauge', 'Attempts of open tasks of which it is not known whether they were accepted'],
  tutti_provider_state: ['gauge', '1 for the state that each key of a provider is in'],
  tutti_provider_credits: ['gauge', "What was left of a key's credits when they were read last"],
  tutti_webhook_deliveries_total: ['counter', 'Attempts to deliver a webhook, by what came of them'],
} as const satisfies Record<string, readonly ['counter' | 'gauge' | 'histogram', string]>
export type Family = keyof typeof FAMILIES

const BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900]

interface Histogram {
  readonly counts: number[]
  sum: number
  count: number
}

const escaped = (text: string) =>
  /[\\"\n]/.test(text) ? text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n') : text
/** Twice for every request: a loop, where a chain of arrays took a twentieth of a read. */
const labelled = (labels: Labels): string => {
  let text = ''
  for (const name in labels) text += `${text === '' ? '' : ','}${name}="${escaped(labels[name]!)}"`
  return text
}
const line = (name: string, labels: string, value: number) => `${name}${labels === '' ? '' : `{${labels}}`} ${value}\n`

type Reading = readonly [Family, Labels, number]
type Gauges = () => Iterable<Reading> | Promise<Iterable<Reading>>

export type Meter = ReturnType<typeof createMeter>

/** Figures of several meters as one text: what is said of a family stands together. */
export const joined = (texts: readonly string[]): string => {
  const families = new Map<string, string>()
  for (const text of texts)
    for (const block of text.split(/^(?=# HELP )/m).filter((each) => each !== '')) {
      const [help, type] = block.split('\n', 2)
      const known = families.get(help!)
      families.set(help!, known === undefined ? block : known + block.slice(`${help}\n${type}\n`.length))
    }
  return [...families.values()].join('')
}

/** @param everywhere labels of all its figures */
export const createMeter = (everywhere: Labels = {}) => {
  const always = labelled(everywhere)
  const keyOf = (labels: Labels): string => {
    const own = labelled(labels)
    return always === '' || own === '' ? always + own : `${always},${own}`
  }

  const numbers = new Map<string, Map<string, number>>()
  const histograms = new Map<string, Map<string, Histogram>>()
  const gauges: Gauges[] = []

  const within = <Value>(all: Map<string, Map<string, Value>>, family: string): Map<string, Value> => {
    const known = all.get(family) ?? new Map<string, Value>()
    all.set(family, known)
    return known
  }

  const spell = (name: Family, read: readonly Reading[]): string => {
    const own = [...(numbers.get(name) ?? [])].map(([labels, value]) => line(name, labels, value))
    for (const [labels, { counts, sum, count }] of histograms.get(name) ?? []) {
      const bucket = (le: string, value: number) => line(`${name}_bucket`, `${labels}${labels && ','}le="${le}"`, value)
      own.push(...BUCKETS.map((le, index) => bucket(`${le}`, counts[index]!)), bucket('+Inf', count))
      own.push(line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count))
    }
    for (const [family, labels, value] of read) if (family === name) own.push(line(name, keyOf(labels), value))
    const [type, help] = FAMILIES[name]
    return own.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${own.join('')}`
  }

  return {
    count: (family: Family, labels: Labels, by = 1): void => {
      const own = within(numbers, family)
      const key = keyOf(labels)
      own.set(key, (own.get(key) ?? 0) + by)
    },

    /** @param seconds how long it took */
    observe: (family: Family, labels: Labels, seconds: number): void => {
      const own = within(histograms, family)
      const key = keyOf(labels)
      const histogram = own.get(key) ?? { counts: BUCKETS.map(() => 0), sum: 0, count: 0 }
      for (let at = BUCKETS.length - 1; at >= 0 && seconds <= BUCKETS[at]!; at--) histogram.counts[at]! += 1
      histogram.sum += seconds
      histogram.count += 1
      own.set(key, histogram)
    },

    /** Figures that are looked up when they are asked for. */
    gauge: (read: Gauges): void => {
      gauges.push(read)
    },

    /** Everything, as text/plain; version=0.0.4. */
    text: async (): Promise<string> => {
      const read = (await Promise.all(gauges.map(async (gauge) => [...(await gauge())]))).flat()
      return (Object.keys(FAMILIES) as Family[]).map((family) => spell(family, read)).join('')
    },
  }
}
