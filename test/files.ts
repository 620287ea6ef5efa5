/** The files of the repository that tests read where there may be none: inside workerd, test/workers/files.ts stands in. */
export { globSync, readFileSync } from 'node:fs'
