/** The contract suite: every law over registry × operations × fixtures. No adapter has a test of its own. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { classify } from '../../src/contract/errors.ts'
import { CALL_FORMS, type Form, TASK_FORMS } from '../../src/contract/operations.ts'
import { adapters } from '../../src/registry.ts'
import { type Fixture, fixturesOf, wireSchemaOf } from './fixtures.ts'
import {
  closedWords,
  credentials,
  differences,
  errors,
  LAWS,
  type Law,
  meaning,
  oneArm,
  pure,
  responseResidue,
  roundTrip,
  skipped,
  square,
  submissionRoundTrip,
  unfrozen,
  unheardSignals,
  unknownWords,
  type Verdict,
  vocabulariesOf,
  vocabularyOf,
} from './laws.ts'
import {
  codecOf,
  codecsIn,
  formsOf,
  isRequest,
  messagesOf,
  orderOf,
  readMessage,
  stageTableOf,
  termsOf,
} from './reading.ts'
import { idleRules, submissionsTo } from './submissions.ts'

const SEED = 20_261_121
const written = adapters.flatMap(fixturesOf)
/** Those of forms that their adapter has: that there are no others is a law of its own. */
const all = written.filter(({ adapter, operation }) => operation in adapter.operations)
const byId = (id: string) => adapters.find((adapter) => adapter.id === id)!
const RUNS = 200
const asks = (fixture: Fixture) => isRequest(fixture.message)
const label = (fixture: Fixture) => `${fixture.adapter.id} ${fixture.operation} ${fixture.name}`

/** Complaints of a law over many fixtures, each with the place it is about. */
const over = (law: Law, fixtures: readonly Fixture[], judge: (fixture: Fixture) => readonly string[]) =>
  fixtures
    .filter((fixture) => !skipped(law, fixture))
    .flatMap((fixture) => judge(fixture).map((each) => `${label(fixture)}: ${each}`))

/** The same for a law that may have nothing to look at: what was compared, and why the rest was not. */
const compare = (law: Law, fixtures: readonly Fixture[], judge: (fixture: Fixture) => Verdict) => {
  const verdicts = fixtures
    .filter((fixture) => !skipped(law, fixture))
    .map((fixture) => ({ fixture, ...judge(fixture) }))
  return {
    complaints: verdicts.flatMap(({ fixture, complaints }) => complaints.map((each) => `${label(fixture)}: ${each}`)),
    compared: verdicts.filter((verdict) => verdict.skipped === null).length,
    reasons: new Set(verdicts.flatMap((verdict) => verdict.skipped ?? [])),
    /** Forms and messages of which nothing at all was compared. */
    untold: [...Map.groupBy(verdicts, ({ fixture }) => `${fixture.operation} ${fixture.message}`)]
      .filter(([, same]) => same.every((verdict) => verdict.skipped !== null))
      .map(([name]) => name),
  }
}

/** Why a value of one adapter can not be said by another. */
const UNABLE = /^no (canonical value|such form|callback|model \S+|word for .+|words for \w+ with \d tracks)$/
/** The same of a request. */
const UNASKED = /^no (such form|model \S+|word for .+)$/

describe('the fixtures', () => {
  it('are of forms that their adapter has', () => {
    const strange = written.filter((fixture) => !all.includes(fixture))
    expect([...new Set(strange.map(({ adapter, operation }) => `${adapter.id} ${operation}`))]).toEqual([])
  })

  it('are there for every adapter, operation and message', () => {
    const held = new Set(all.map((fixture) => `${fixture.adapter.id} ${fixture.operation} ${fixture.message}`))
    const wanted = adapters.flatMap((adapter) =>
      formsOf(adapter).flatMap((operation) =>
        messagesOf(adapter, operation).map((message) => `${adapter.id} ${operation} ${message}`),
      ),
    )
    expect(wanted.filter((each) => !held.has(each))).toEqual([])
  })

  it('say where they come from, and skip laws only by their name and with a reason', () => {
    const unsourced = written.filter(
      ({ source }) => !/^(documented|recorded|assumed)$/.test(source.confidence) || !source.section,
    )
    expect(unsourced.map(label)).toEqual([])
    const skips = written.flatMap((fixture) => fixture.skip ?? [])
    expect(skips.filter(({ law, because }) => !LAWS.includes(law as Law) || because.length < 10)).toEqual([])
  })
})

describe.each(adapters)('$id', (adapter) => {
  const own = all.filter((fixture) => fixture.adapter === adapter)
  const requests = own.filter(asks)
  const answers = own.filter((fixture) => !asks(fixture))
  const forms = formsOf(adapter)

  it('has forms of one kind under their names', () => {
    const kinds = { task: ['submit.request', TASK_FORMS], call: ['call.request', CALL_FORMS] } as const
    for (const [message, names] of Object.values(kinds))
      expect(forms.filter((form) => orderOf(adapter, form) === message).sort()).toEqual(
        names.filter((form) => forms.includes(form)).sort(),
      )
  })

  it.each(own)('means what is documented: $operation $name', (fixture) => {
    expect(over('meaning', [fixture], meaning)).toEqual([])
  })

  it.each(answers)('knows failure from success: $operation $name', (fixture) => {
    expect(over('errors', [fixture], errors)).toEqual([])
  })

  it('has no error signal that nothing documented is heard by', () => {
    expect(unheardSignals(adapter, own)).toEqual([])
  })

  it('reads each native request in one way only', () => {
    const judge = (fixture: Fixture) => oneArm(codecOf(adapter, fixture.operation, fixture.message)!, fixture.wire)
    expect(over('one arm', requests, judge)).toEqual([])
  })

  it('has closed word lists', () => {
    const lists = vocabulariesOf(adapter)
    expect(lists.length).toBeGreaterThan(0)
    expect(lists.flatMap(closedWords)).toEqual([])
  })

  it.each(forms.filter((form) => termsOf(adapter, form).models.length > 0))(
    'speaks every model that it says %s takes',
    (form) => {
      const { models } = termsOf(adapter, form)
      const words = codecsIn(codecOf(adapter, form, 'submit.request')!).flatMap(vocabularyOf)
      const spoken = words.filter(({ canonical }) => canonical.includes('v5'))
      // A form of one model has a path of its own, and no word for it.
      if (models.length > 1) expect(spoken.length).toBeGreaterThan(0)
      for (const { codec } of spoken)
        for (const model of models) expect(z.safeEncode(codec, model).success, model).toBe(true)
    },
  )

  it('has no rule about a field that the form does not have', () => {
    expect(forms.flatMap((form) => idleRules(adapter, form).map((rule) => `${form}: ${rule}`))).toEqual([])
  })

  it('refuses a record with an unknown status word, whatever else it says', () => {
    const records = answers.filter(
      ({ operation, message, canonical }) =>
        canonical !== undefined && stageTableOf(codecOf(adapter, operation, message)!) !== undefined,
    )
    expect(records.length).toBeGreaterThan(20)
    expect(over('words', records, unknownWords)).toEqual([])
  })

  it('loses nothing of an answer by accident', () => {
    expect(over('residue', answers, responseResidue)).toEqual([])
  })

  it('runs in both directions, twice alike, and changes nothing it is given', () => {
    expect(own.flatMap((fixture) => pure(fixture).map((each) => `${label(fixture)}: ${each}`))).toEqual([])
  })

  it('is frozen', () => {
    expect(unfrozen(adapter)).toEqual([])
  })

  it('gives back every canonical value of its own unchanged', () => {
    const { complaints, compared, reasons, untold } = compare('round trip', own, (fixture) =>
      roundTrip(adapter, fixture),
    )
    expect(complaints).toEqual([])
    expect(compared).toBeGreaterThan(60)
    expect(untold).toEqual([])
    for (const reason of reasons) expect(reason).toMatch(UNABLE)
  })

  it('gives back every canonical value of the others that it can express', () => {
    const others = all.filter((fixture) => fixture.adapter !== adapter)
    const { complaints, compared, reasons } = compare('round trip', others, (fixture) => roundTrip(adapter, fixture))
    expect(complaints).toEqual([])
    expect(compared).toBeGreaterThan(120)
    for (const reason of reasons) expect(reason).toMatch(UNABLE)
  })

  it.each(adapters.filter((host) => host !== adapter))('asks $id for what its own clients asked for', (host) => {
    const { complaints, compared, reasons, untold } = compare('square', requests, (fixture) => square(fixture, host))
    expect(complaints).toEqual([])
    expect(compared).toBeGreaterThan(20)
    const both = forms.filter((form) => form in host.operations)
    expect(untold.filter((each) => both.some((form) => each.startsWith(`${form} `)))).toEqual([])
    for (const reason of reasons) expect(reason).toMatch(UNASKED)
  })

  it.each(forms)('gives back any submission that its models and rules allow: %s', (form) => {
    const codec = codecOf(adapter, form, orderOf(adapter, form))!
    const property = fc.property(submissionsTo(adapter, form), (submission) => {
      expect(submissionRoundTrip(codec, submission)).toEqual({ complaints: [], skipped: null })
      expect(oneArm(codec, z.encode(codec, submission))).toEqual([])
    })
    fc.assert(property, { seed: SEED, numRuns: RUNS })
  })
})

describe('no fixture holds a credential', () => {
  it.each(adapters)('of $id', (adapter) => {
    const own = all.filter((fixture) => fixture.adapter === adapter)
    expect(over('scrub', own, (fixture) => credentials(fixture.raw))).toEqual([])
  })

  it.each([
    'sk-3f9c2b7a1d4e',
    'Authorization: Bearer 8f14e45fceea167a5a36dedd4bea2543',
    'WsRbbSDNmrQDMSzVF5S3Kjb7gCYUJaplBhL0hBEITbs=',
  ])('and this would be seen: %s', (text) => {
    expect(credentials(text)).not.toEqual([])
  })

  it.each([
    "Use 'Bearer YOUR_API_KEY'",
    'e231****-****-****-****-****8cadc7dc',
    'https://musicfile.kie.ai/NWIwZDdjMWUtMmY2NC00YzhhLTllMzEtNzBjNGYyYThkOTE1',
  ])('and this is none: %s', (text) => {
    expect(credentials(text)).toEqual([])
  })
})

describe.each(adapters)('the wire schemas of $id', (adapter) => {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  const steps = formsOf(adapter).flatMap((operation) =>
    messagesOf(adapter, operation)
      .filter(isRequest)
      .map((message) => ({ operation, message, step: message.split('.')[0]! })),
  )
  const validators = new Map(
    steps.map(({ operation, message, step }): [string, ValidateFunction | undefined] => {
      const schema = wireSchemaOf(adapter, operation, step)
      return [`${operation} ${message}`, schema && ajv.compile(schema)]
    }),
  )
  const judge = (operation: Form, message: string, wire: unknown): string[] => {
    const validate = validators.get(`${operation} ${message}`)
    if (validate === undefined) return ['there is no schema']
    const travelled = JSON.parse(JSON.stringify(wire))
    return validate(travelled) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
  }
  const requests = all.filter((fixture) => fixture.adapter === adapter && asks(fixture))

  it('take every documented request', () => {
    expect(over('wire schema', requests, ({ operation, message, wire }) => judge(operation, message, wire))).toEqual([])
  })

  it('take every request that the tables write', () => {
    const written = (fixture: Fixture) =>
      judge(
        fixture.operation,
        fixture.message,
        z.encode(codecOf(adapter, fixture.operation, fixture.message)!, fixture.canonical),
      )
    expect(over('wire schema', requests, written)).toEqual([])
  })

  it.each(formsOf(adapter))('take any submission that models and rules allow: %s', (form) => {
    const message = orderOf(adapter, form)
    const codec = codecOf(adapter, form, message)!
    const property = fc.property(submissionsTo(adapter, form), (submission) => {
      expect(judge(form, message, z.encode(codec, submission))).toEqual([])
    })
    fc.assert(property, { seed: SEED, numRuns: RUNS })
  })

  it.each(steps)('refuse the empty object where $operation $message carries anything', ({ operation, message }) => {
    const own = requests.filter((fixture) => fixture.operation === operation && fixture.message === message)
    const carries = own.some((fixture) => Object.keys(fixture.wire as object).length > 0)
    expect(judge(operation, message, {}).length > 0).toBe(carries)
  })
})

describe('the printed samples come out with their exact numbers', () => {
  const aligned = (id: string, wire: unknown) => {
    const sample = all.find(
      (fixture) =>
        fixture.adapter.id === id &&
        fixture.message === 'call.response' &&
        fixture.operation === 'alignLyrics' &&
        differences(fixture.wire, wire).length === 0,
    )
    const { wire: payload } = readMessage(sample!) as { wire: unknown }
    return z.decode(codecOf(byId(id), 'alignLyrics', 'call.response')!, payload)
  }

  it.each(['kie', 'apibox'])('at %s', (id) => {
    const alignedWords = [{ word: "[Verse]\nWaggin'", success: true, startS: 1.36, endS: 1.79, palign: 0 }]
    const data = { alignedWords, waveformData: [0, 1, 0.5, 0.75], hootCer: 0.3803191489361702, isStreamed: false }
    expect(aligned(id, { code: 200, msg: 'success', data })).toEqual({
      words: [{ raw: "[Verse]\nWaggin'", start_seconds: 1.36, end_seconds: 1.79, aligned: true, confidence: 0 }],
      waveform: [0, 1, 0.5, 0.75],
      error_rate: 0.3803191489361702,
      streaming: false,
    })
  })

  it('at udioapi', () => {
    const words = [
      { text: '[Verse]\nLola ', aligned: true, startTime: 0.55851, endTime: 0.87766, confidence: 0 },
      { text: 'Chouch, ', aligned: true, startTime: 0.91755, endTime: 1.91489, confidence: 0 },
    ]
    const data = {
      lyricAlignment: { words },
      audioWaveform: [6e-5, 0, 0.0339],
      alignmentScore: 0.175,
      isStreaming: false,
    }
    expect(aligned('udioapi', { code: 200, message: 'success', data })).toEqual({
      words: [
        { raw: '[Verse]\nLola ', start_seconds: 0.55851, end_seconds: 0.87766, aligned: true, confidence: 0 },
        { raw: 'Chouch, ', start_seconds: 0.91755, end_seconds: 1.91489, aligned: true, confidence: 0 },
      ],
      waveform: [6e-5, 0, 0.0339],
      error_rate: 0.175,
      streaming: false,
    })
  })
})

describe('one thing has one name, however a provider says it', () => {
  const said = (id: string, evidence: { http?: number; code: number; message?: string }) =>
    classify(byId(id).errors, { at: 'submit', operation: 'generateMusic', ...evidence })?.code

  it.each([
    ['kie', { http: 200, code: 402 }],
    ['kie', { http: 200, code: 429, message: 'Insufficient credits' }],
    [
      'kie',
      {
        http: 200,
        code: 500,
        message: "Credits insufficient : Your current balance isn't enough to run this request.",
      },
    ],
    ['kie', { http: 200, code: 433 }],
    ['apibox', { http: 200, code: 429, message: 'The current credits are insufficient. Please top up.' }],
    ['apibox', { http: 200, code: 429 }],
    ['udioapi', { http: 402, code: 402, message: 'Not enough credits' }],
  ])('%s is out of credits: %j', (id, evidence) => {
    expect(said(id, evidence)).toBe('provider_credits_exhausted')
  })

  it.each([
    ['kie', { http: 429, code: 429 }],
    ['kie', { http: 200, code: 429 }],
    ['apibox', { http: 200, code: 405 }],
    ['apibox', { http: 200, code: 430, message: 'Your call frequency is too high. Please try again later.' }],
    ['apibox', { http: 200, code: 429, message: 'Your call frequency is too high. Please try again later.' }],
    ['udioapi', { http: 429, code: 429, message: 'Rate limit exceeded. Please try again later.' }],
  ])('%s is asked too often: %j', (id, evidence) => {
    expect(said(id, evidence)).toBe('provider_rate_limited')
  })
})
