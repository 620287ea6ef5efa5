/** Starting the gateway as an operator does: sandbox or live, wrong values, the first key, and a stop while a client waits. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/platform/config.ts'
import { unbound } from '../../src/platform/node/bound.ts'
import { adapters } from '../../src/registry.ts'
import { freePort, SONG } from '../harness.ts'
import { hear, run, type Server, start } from './server.ts'

const KEY = 'start-test-key-000000000000000000'
const root = mkdtempSync(join(tmpdir(), 'tutti-start-'))
const servers: Server[] = []
const newDirectory = () => mkdtempSync(join(root, 'data-'))
// The tests run side by side: everything is put away at the end.
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill('SIGKILL')))
  rmSync(root, { recursive: true, force: true })
})

const boot = async (environment: Record<string, string> = {}, dataDir = newDirectory()) => {
  const port = await freePort()
  const server = await start({ PORT: String(port), TUTTI_DATA_DIR: dataDir, ...environment })
  servers.push(server)
  const call = (path: string, key: string, body?: unknown, wait = 0) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', prefer: `wait=${wait}` },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
  return { ...server, call, isSandbox: server.said().stdout.includes('sandbox: nothing is bought') }
}

/** A provider that refuses connections: whoever is live by mistake buys nothing. */
const NOBODY = { KIE_BASE_URL: 'http://127.0.0.1:9', KIE_API_KEY: 'a-provider-key' }

describe('a wrong value', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['PORT', 'abc'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '8787.5'],
    ['HOST', ''],
    ['TUTTI_DATA_DIR', ''],
    ['TUTTI_POLL_SCALE', 'x'],
    ['TUTTI_POLL_SCALE', '0'],
    ['KIE_BASE_URL', 'http://example.com'],
    ['KIE_BASE_URL', 'api.kie.ai'],
    ['UDIOAPI_BASE_URL', 'https://user:word@udioapi.pro/api'],
    ['APIBOX_BASE_URL', 'https://api.api.box?x=1'],
    ['TUTTI_PUBLIC_URL', 'ftp://example.com'],
    ['TUTTI_PUBLIC_URL', 'http://user:hidden-word@example.com'],
    ['TUTTI_PUBLIC_URL', 'https://:hidden-word@example.com'],
    ['TUTTI_PUBLIC_URL', 'https://user:hidden-word@a b'],
    ['TUTTI_USER_AGENT', 'Tutti ♪'],
    ['TUTTI_USER_AGENT', ''],
    ['TUTTI_USER_AGENT', 'Tutti\n'],
    ['TUTTI_API_KEY', 'short'],
    ['TUTTI_API_KEY', `${KEY} with spaces`],
    ['TUTTI_API_KEY', 'tutti_test_sandbox000000000000000000'],
    // A key of ours that was not copied as a whole.
    ['TUTTI_API_KEY', `tutti_live_${'0'.repeat(36)}`],
    ['KIE_API_KEY', 'short'],
    ['KIE_API_KEY', 'a-good-key,with space'],
    ['KIE_API_KEY', 'main:a-good-key,main:another-key'],
    ['HTTPS_PROXY', 'socks5://user:hidden-word@proxy'],
    ['HTTPS_PROXY', 'http://user:hidden-word%@proxy'],
    ['HTTP_PROXY', 'http://hidden-word%zz@proxy'],
    ['TUTTI_CORS_ORIGINS', 'https://app.example.com/'],
    ['KIE_WEBHOOK_HMAC_KEY', ''],
    ['KIE_WEBHOOK_HMAC_KEY', ' \n'],
    ['TUTTI_PRICES', '{"kie":{"credits":{"generateSong":12}}}'],
    ['TUTTI_PRICES', '{"kie":{"credits":{"generateMusic":{}}}}'],
    ['TUTTI_PRICES', '{"kie":{"credits":{"separateStems":{"field":"seperation","words":{"vocals":10}}}}}'],
    ['TUTTI_PRICES', '{"kie":{"credits":{"separateStems":{"field":"separation","words":{}}}}}'],
    ['TUTTI_PRICES', '{"kie":{"credits":{"alignLyrics":{"field":"provider_task_id","words":{"x":1}}}}}'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['TUTTI_ROUTING', 'kie,suno'],
    ['TUTTI_ROUTING', '{"sort":"cheapest"}'],
    ['TUTTI_SANDBOX', 'yes'],
    ['TUTTI_SUBMIT_TIMEOUT', '60'],
    ['TUTTI_SUBMIT_TIMEOUT', '0s'],
    ['TUTTI_SUBMIT_TIMEOUT', '999ms'],
    ['TUTTI_SUBMIT_TIMEOUT', '61m'],
    // More than 2^31 ms: a timer would ring at once, and end every create that is being paid for.
    ['TUTTI_SUBMIT_TIMEOUT', '30d'],
    ['TUTTI_READ_TIMEOUT', '0s'],
    ['TUTTI_READ_TIMEOUT', '2h'],
    ['TUTTI_RECONCILE_WINDOW', '30 minutes'],
    ['TUTTI_RECONCILE_WINDOW', '0s'],
    ['TUTTI_RECONCILE_WINDOW', '25d'],
    ['TUTTI_TASK_TIMEOUT', '0s'],
    ['TUTTI_TASK_TIMEOUT', '25d'],
    ['TUTTI_STALL_AFTER', '0m'],
    ['TUTTI_STALL_AFTER', '999999999d'],
    ['TUTTI_QUEUE_LIMIT', '0'],
    ['TUTTI_QUEUE_LIMIT', '1.5'],
    ['TUTTI_RETENTION', '30'],
    ['TUTTI_RETENTION', '59m'],
    ['TUTTI_RETENTION', '999999999d'],
  ]

  test.each(wrong)('%s=%s is refused with a message that begins with its name', (name, value) => {
    const message = (() => {
      try {
        readConfig({ [name]: value }, adapters, '0')
      } catch (error) {
        return (error as Error).message
      }
      return 'accepted'
    })()
    expect(message.startsWith(`${name} `), message).toBe(true)
    // A key is never repeated, whatever is wrong with it.
    if (name.endsWith('_API_KEY')) expect(message).not.toContain(value)
    expect(message).not.toContain('hidden-word')
  })

  test.each([
    ['TUTTI_SUBMIT_TIMEOUT', '1s', '1h', '2h'],
    ['TUTTI_READ_TIMEOUT', '1s', '1h', '2h'],
    ['TUTTI_RECONCILE_WINDOW', '1s', '24d', '25d'],
    ['TUTTI_TASK_TIMEOUT', '1s', '24d', '25d'],
    ['TUTTI_STALL_AFTER', '1s', '24d', '25d'],
    ['TUTTI_RETENTION', '1h', '36500d', '36501d'],
  ])('of %s is one outside of %s to %s, and the message says so', (name, least, most, beyond) => {
    const config = (value: string) => readConfig({ [name]: value }, adapters, '0')
    for (const value of [least, most]) expect(() => config(value)).not.toThrow()
    expect(() => config(beyond)).toThrow(`${name} is "${beyond}": write a time from ${least} to ${most}`)
  })

  const at = 'kie.credits.separateStems'
  test.each([
    ['{"generateMusic":{}}', 'holds no price at kie.credits.generateMusic: write a number'],
    ['{"separateStems":{"field":"x","words":{"y":1}}}', `names "x" at ${at}.field: write one of separation, stem`],
    [
      '{"separateStems":{"field":"separation","words":{}}}',
      `holds no price at ${at}.words: write one for each word of separation`,
    ],
    [
      '{"alignLyrics":{"field":"x","words":{"y":1}}}',
      'names "x" at kie.credits.alignLyrics.field: write a number at kie.credits.alignLyrics',
    ],
  ])('of TUTTI_PRICES that would leave a price unknown is told with its place and the fix: %s', (credits, said) => {
    expect(() => readConfig({ TUTTI_PRICES: `{"kie":{"credits":${credits}}}` }, adapters, '0')).toThrow(
      `TUTTI_PRICES ${said}`,
    )
  })

  test('is no price by model or by word, nor a key of callbacks with spaces around it', () => {
    const credits = {
      generateMusic: { v5: 13 },
      generateMinimax: { field: 'mode', words: { describe: 1 } },
      separateStems: { field: 'separation', words: { vocals: 9 } },
    }
    const env = { TUTTI_PRICES: JSON.stringify({ kie: { credits } }), KIE_WEBHOOK_HMAC_KEY: ' callback-secret\n' }
    const kie = readConfig(env, adapters, '0').providers.find(({ adapter }) => adapter.id === 'kie')!
    expect(kie.adapter.prices.credits).toMatchObject(credits)
    expect(kie.callbackKey).toBe('callback-secret')
    expect(() => readConfig({ KIE_WEBHOOK_HMAC_KEY: ' ' }, adapters, '0')).toThrow(
      'KIE_WEBHOOK_HMAC_KEY is empty: leave it out',
    )
  })

  test('is no user agent that can be sent, nor a password that is percent-encoded', () => {
    const { settings, proxy } = readConfig(
      { TUTTI_USER_AGENT: 'Label/1.0 (+https://label.example)', HTTPS_PROXY: 'http://user:100%25@proxy:8080' },
      adapters,
      '0',
    )
    expect(settings.userAgent).toBe('Label/1.0 (+https://label.example)')
    expect(proxy!(new URL('https://api.example'))!.host).toBe('proxy:8080')
  })

  test('stops the start: code 1, the message alone, nothing listening', async () => {
    const dataDir = newDirectory()
    const chosen = wrong.filter(([name]) => ['PORT', 'TUTTI_API_KEY', 'TUTTI_ROUTING'].includes(name))
    const ends = chosen.map(async ([name, value]) => {
      const server = run({ TUTTI_DATA_DIR: dataDir, [name]: value })
      servers.push(server)
      return { name, ended: await server.ended, ...server.said() }
    })
    for (const { name, ended, stdout, stderr } of await Promise.all(ends)) {
      expect(ended.code, name).toBe(1)
      expect(stdout).toBe('')
      expect(stderr.trim().split('\n')).toHaveLength(1)
      expect(stderr.startsWith(`${name} `), stderr).toBe(true)
    }
    expect(readdirSync(dataDir)).toEqual([])
  })

  test('of a port that is taken stops the start and says so', async () => {
    const port = String(await freePort())
    servers.push(await start({ PORT: port, TUTTI_DATA_DIR: newDirectory(), TUTTI_SANDBOX: '0' }))
    const dataDir = newDirectory()
    const second = run({ PORT: port, TUTTI_DATA_DIR: dataDir, TUTTI_SANDBOX: '0' })
    servers.push(second)
    expect((await second.ended).code).toBe(1)
    expect(second.said().stderr).toContain(port)
    // The key that is shown once was not used up by that.
    const third = await start({ PORT: '0', TUTTI_DATA_DIR: dataDir, TUTTI_SANDBOX: '0' })
    servers.push(third)
    await hear(third, /Your API key, shown this once/)
  })
})

describe('an address', () => {
  const failed = (code: string) => unbound(Object.assign(new Error(`listen ${code}`), { code }), 'nohost', 80).message

  test.each([
    ['ENOTFOUND', 'HOST is "nohost", which is no name'],
    ['EAI_AGAIN', 'HOST is "nohost", which is no name'],
    ['EADDRNOTAVAIL', 'HOST is "nohost", which is no address'],
    ['EADDRINUSE', 'PORT is 80 at nohost, which is taken'],
    ['EACCES', 'PORT is 80 at nohost, which is not for this user'],
    ['EMFILE', 'listen EMFILE'],
  ])('that can not be had (%s) is told by its variable', (code, said) => {
    expect(failed(code)).toContain(said)
  })

  test('of another machine stops the start, which names HOST', async () => {
    const server = run({ TUTTI_DATA_DIR: newDirectory(), HOST: '192.0.2.1', PORT: '0', TUTTI_SANDBOX: '0' })
    expect((await server.ended).code).toBe(1)
    expect(server.said().stderr).toContain('HOST is "192.0.2.1"')
  })
})

describe.concurrent('the sandbox', () => {
  test('is there by itself where nothing real could be meant, plays a whole song, and its key is refused live', async () => {
    const dataDir = newDirectory()
    const sandbox = await boot({ TUTTI_POLL_SCALE: '0.002' }, dataDir)
    const { isSandbox, call, kill } = sandbox
    expect(isSandbox).toBe(true)
    const key = await hear(sandbox, /Test key: (\S+)\n/)
    const answer = await call('/v1/music/generations', key, SONG, 20)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ status: 'succeeded', livemode: false })
    await hear(sandbox, /Documentation: http:\/\/127\.0\.0\.1:\d+\/docs\n/)
    expect((await call('/sandbox', key)).status).toBe(200)
    expect(await kill('SIGTERM')).toEqual({ code: 0, signal: null })
    const live = await boot({ TUTTI_SANDBOX: '0', TUTTI_API_KEY: KEY }, dataDir)
    expect((await live.call('/v1/tasks', key)).status).toBe(401)
    expect((await live.call('/sandbox', KEY)).status).toBe(404)
    // What was played is not in the live list.
    expect(await (await live.call('/v1/tasks', KEY)).json()).toMatchObject({ data: [] })
  })

  test.each([
    ['stays away where a provider has a key', { ...NOBODY }, false],
    ['stays away from a host that others can reach', { HOST: '0.0.0.0' }, false],
    ['stays away where it is forbidden', { TUTTI_SANDBOX: '0' }, false],
    ['comes where it is forced, whatever keys there are', { ...NOBODY, TUTTI_SANDBOX: '1' }, true],
    ['comes on every name of loopback', { HOST: 'localhost' }, true],
  ] as const)('%s', async (_, environment, wanted) => {
    expect((await boot(environment)).isSandbox).toBe(wanted)
  })

  const MEANT_LIVE = { TUTTI_API_KEY: KEY, TUTTI_PUBLIC_URL: 'https://music.example.com' }
  test.each([
    [MEANT_LIVE, 'TUTTI_API_KEY'],
    [{ TUTTI_API_KEY: KEY }, 'TUTTI_API_KEY'],
    [{ TUTTI_PUBLIC_URL: MEANT_LIVE.TUTTI_PUBLIC_URL, HOST: '0.0.0.0' }, 'TUTTI_PUBLIC_URL'],
  ])('never stands in for live providers whose keys are missing: %j', async (environment, named) => {
    const dataDir = newDirectory()
    const server = run({ PORT: '0', TUTTI_DATA_DIR: dataDir, KIE_APIKEY: 'mistyped-name', ...environment })
    servers.push(server)
    expect((await server.ended).code).toBe(1)
    const { stdout, stderr } = server.said()
    expect(stdout).toBe('')
    expect(stderr.trim().split('\n')).toHaveLength(1)
    for (const name of [named, 'KIE_API_KEY', 'APIBOX_API_KEY', 'UDIOAPI_API_KEY', 'TUTTI_SANDBOX=1'])
      expect(stderr).toContain(name)
    expect(stderr).not.toContain(KEY)
    expect(readdirSync(dataDir)).toEqual([])
  })
  test.each([
    ['comes all the same where it is forced', '1', true],
    ['stays away without a provider where that is said', '0', false],
  ])('%s', async (_, TUTTI_SANDBOX, wanted) => {
    expect((await boot({ ...MEANT_LIVE, TUTTI_SANDBOX })).isSandbox).toBe(wanted)
  })

  test('stays away from an installation that has live tasks', async () => {
    const dataDir = newDirectory()
    // Paused: accepted and kept.
    const live = await boot({ ...NOBODY, TUTTI_PAUSED: '1', TUTTI_API_KEY: KEY }, dataDir)
    expect((await live.call('/v1/music/generations', KEY, SONG)).status).toBe(202)
    await live.kill('SIGTERM')
    expect((await boot({}, dataDir)).isSandbox).toBe(false)
  })
})

describe.concurrent('npm run key', () => {
  const renew = async (environment: Record<string, string>) => {
    const script = run(environment, join(import.meta.dirname, '../../scripts/key.ts'))
    servers.push(script)
    return { code: (await script.ended).code, ...script.said() }
  }

  test('replaces the key of a gateway that runs, and tells which gateway that is', async () => {
    const dataDir = newDirectory()
    const live = await boot({ ...NOBODY }, dataDir)
    const before = await hear(live, /Your API key, shown this once[^:]*: (\S+)/)
    const { code, stdout, stderr } = await renew({ TUTTI_DATA_DIR: dataDir })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^tutti_live_\S+\n$/)
    expect(stderr).toContain(dataDir)
    expect((await live.call('/v1/tasks', stdout.trim())).status).toBe(200)
    expect((await live.call('/v1/tasks', before)).status).toBe(401)
  })

  test('makes nothing where no gateway was started, and leaves TUTTI_API_KEY to whoever set it', async () => {
    const dataDir = newDirectory()
    const nowhere = await renew({ TUTTI_DATA_DIR: dataDir })
    expect(nowhere).toMatchObject({ code: 1, stdout: '' })
    expect(nowhere.stderr).toContain('TUTTI_DATA_DIR')
    expect(readdirSync(dataDir)).toEqual([])
    const chosen = await renew({ TUTTI_DATA_DIR: dataDir, TUTTI_API_KEY: KEY })
    expect(chosen).toMatchObject({ code: 1, stdout: '' })
    expect(chosen.stderr).toContain('TUTTI_API_KEY')
  })
})

describe.concurrent('a start', () => {
  const lineOf = ({ said }: Pick<Server, 'said'>) => {
    const lines = said()
      .stderr.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    return lines.filter(({ event }) => event === 'started')
  }

  test('says in one line of its log what is on, and no key, password or path', async () => {
    const server = await boot({
      ...NOBODY,
      KIE_API_KEY: 'main:first-secret,spare:second-secret',
      UDIOAPI_API_KEY: 'third-secret',
      TUTTI_API_KEY: KEY,
      TUTTI_PUBLIC_URL: 'https://music.example.com/hidden-path',
      TUTTI_ROUTING: '{"order":["udioapi","kie"],"sort":"price"}',
      TUTTI_CORS_ORIGINS: 'https://app.example.com,https://other.example.com',
      HTTPS_PROXY: 'http://user:proxy-password@127.0.0.1:9',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=collector-secret',
      KIE_WEBHOOK_HMAC_KEY: 'callback-secret',
      TUTTI_RETENTION: '720h',
    })
    const lines = lineOf(server)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      level: 'info',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      livemode: true,
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      providers: 'udioapi:1,kie:2',
      sort: 'price',
      callbacks: 'on',
      signed_callbacks: 'kie',
      https: true,
      proxy: true,
      cors: 2,
      tracing: 'ratio 1',
      retention_hours: 720,
      queue_limit: 10_000,
      submit_timeout_seconds: 60,
      paused: false,
      recovered: 0,
    })
    const said = server.said().stderr + server.said().stdout
    expect(said).not.toMatch(/secret|proxy-password|hidden-path|app\.example/)
    expect(said).not.toContain(KEY)
  })

  test('that says nothing more is said to be what it is: polling alone, nothing kept from anybody', async () => {
    const [line] = lineOf(await boot({ ...NOBODY }))
    expect(line).toMatchObject({
      providers: 'kie:1',
      sort: 'priority',
      callbacks: 'off',
      signed_callbacks: 'off',
      https: false,
      proxy: false,
      cors: 'off',
      tracing: 'off',
      retention_hours: 'for ever',
    })
    const [played] = lineOf(await boot())
    expect(played).toMatchObject({
      livemode: false,
      callbacks: 'on',
      providers: expect.stringContaining('kie:simulated'),
    })
  })
})

describe.concurrent('the first key', () => {
  test('is shown once, works, outlives a restart, and is nowhere on the disk', async () => {
    const dataDir = newDirectory()
    // The folder was there before, and others may look into it.
    chmodSync(dataDir, 0o755)
    const modes = () =>
      new Set(readdirSync(dataDir).map((file) => (statSync(join(dataDir, file)).mode & 0o777).toString(8)))
    const first = await boot({ TUTTI_SANDBOX: '0' }, dataDir)
    const key = await hear(first, /Your API key, shown this once .*: (tutti_live_\S+)\n/)
    expect((await first.call('/v1/tasks', key)).status).toBe(200)
    expect(readdirSync(dataDir)).toContain('tutti.db-wal')
    expect(modes()).toEqual(new Set(['600']))
    await first.kill('SIGKILL')
    for (const file of readdirSync(dataDir)) chmodSync(join(dataDir, file), 0o644)
    const second = await boot({ TUTTI_SANDBOX: '0' }, dataDir)
    expect(second.said().stdout).not.toContain('API key')
    expect((await second.call('/v1/tasks', key)).status).toBe(200)
    const files = readdirSync(dataDir)
    expect(files).toContain('tutti.db')
    expect(modes()).toEqual(new Set(['600']))
    for (const file of files) expect(readFileSync(join(dataDir, file)).includes(key), file).toBe(false)
    expect(second.said().stderr + first.said().stderr).not.toContain(key)
    await second.kill('SIGTERM')
    const replaced = await boot({ TUTTI_SANDBOX: '0', TUTTI_API_KEY: KEY }, dataDir)
    expect((await replaced.call('/v1/tasks', KEY)).status).toBe(200)
    expect((await replaced.call('/v1/tasks', key)).status).toBe(401)
  })
})

describe('a stop', () => {
  // Today that client holds the process for 25 seconds and is then cut off: src/engine has no way to let waiters go.
  test('while a client waits for a task answers that client and ends with 0, and not after the whole wait', async () => {
    const live = await boot({ ...NOBODY, TUTTI_PAUSED: '1', TUTTI_API_KEY: KEY })
    const waiting = live.call('/v1/music/generations', KEY, SONG, 60)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const stopped = live.kill('SIGTERM')
    expect((await waiting).status).toBe(202)
    expect(await stopped).toEqual({ code: 0, signal: null })
  }, 20_000)
})
