/** The log of a Worker: lines that its platform collects. */
import { jsonLog } from '../log.ts'

export const log = jsonLog((line) => console.log(line), Date.now)
