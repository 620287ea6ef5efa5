/** What does not run inside workerd, and why. Everything else under test/ does. */
export const NODE_ONLY: Readonly<Record<string, string>> = {
  'test/architecture.test.ts': 'reads the sources and runs the tools that judge them',
  'test/readme.test.ts': 'runs what the README says in a shell',
  'test/docs/**': 'runs what the guides say in a shell',
  'test/document.test.ts': 'reads the repository and runs the scripts that write the document',
  'test/descriptions.test.ts': 'reads the document and the sources',
  'test/simulator.test.ts':
    'runs on all cores: test/workers/histories.test.ts runs some of it over the SQL of an object',
  'test/crash/**': 'kills processes',
  'test/fuzz/**': 'sends as many requests as time allows, of which an object in workerd takes a tenth',

  'test/client/{breaking,package}.test.ts': 'builds the client, and compares documents with a program',
  'test/client/{events,operations,retry,wait}.test.ts': 'the client asks a server that cuts its sockets',

  'test/engine/!(core|timed-lyrics).test.ts':
    'the clock is moved by hand while nothing is under way, which is known of a database in the same process only: see test/workers/histories.test.ts',
  'test/keys/keyring.test.ts': 'the same: test/http/keys.test.ts asks the keyring of the Worker',
  'test/sandbox/!(audio).test.ts': 'the same, of the simulated upstreams: every other test here asks them over HTTP',
  'test/webhooks/{delivery,restart,storm}.test.ts':
    'the same, and over sockets: test/http/webhooks.test.ts is told by the Worker',
  'test/webhooks/{outside,schedule}.test.ts': 'sockets, addresses and names as Node sees them',

  'test/http/docs.test.ts': 'pages are made when the Worker is built',
  'test/http/prepared.test.ts': 'reads what the build has made',
  'test/http/lines.test.ts': 'sockets that are read slowly or closed',
  'test/http/traces.test.ts': 'a Worker exports no traces: Cloudflare does',
  'test/law/law.test.ts': 'watches servers of its own',

  'test/runtime/{start,restart,migrations,canaries,webhooks}.test.ts':
    'the server as a process: its files, signals, log and exit: see test/workers/faults.test.ts',
  'test/runtime/{dev,probes}.test.ts': 'starts a server as a process',
  'test/runtime/{proxy,reading,transport,timers}.test.ts': 'undici, proxies and the timers of a process',
}
