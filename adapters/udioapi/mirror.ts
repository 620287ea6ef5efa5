/** udioapi for the sandbox: what it takes and what it is documented to answer. */
import type { Mirror } from '../../src/contract/mirror.ts'
import { calls } from './mirror/calls.ts'
import { followUps } from './mirror/follow-ups.ts'
import { music, quirks } from './mirror/music.ts'

export const mirror: Mirror = { ...music, ...followUps, ...calls, quirks }
