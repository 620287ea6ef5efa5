/** Tests that run inside workerd, the runtime of Cloudflare Workers. */
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [cloudflareTest({ wrangler: { configPath: 'test/workers/wrangler.toml' } })],
  test: { name: 'workerd', include: ['test/workers/**/*.test.ts'], testTimeout: 30_000 },
})
