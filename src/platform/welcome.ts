/** What a sandbox says when it has started, wherever it runs: where it is, its key, and a request to paste. */

/** Everybody knows it; live mode refuses it. */
export const SANDBOX_KEY = 'tutti_test_sandbox000000000000000000'

const EXAMPLE =
  '{"mode":"compose","title":"Rain on the Wire","style":"indie folk","lyrics":"[Verse]\\nRain on the wire\\nhome by the light"}'

/** Where people read on. */
export const documentation = (here: string): string => `Documentation: ${here}/docs`

export const welcome = (version: string, here: string): readonly string[] => [
  `Tutti ${version} (sandbox: nothing is bought) at ${here}`,
  `Test key: ${SANDBOX_KEY}`,
  documentation(here),
  '',
  'Paste this into another terminal:',
  '',
  `curl -s ${here}/v1/music/generations -H 'Authorization: Bearer ${SANDBOX_KEY}' -H 'Content-Type: application/json' -H 'Prefer: wait=30' -d '${EXAMPLE}'`,
  '',
]
