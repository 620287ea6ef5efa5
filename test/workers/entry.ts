/** The Worker under test, and the simulated upstreams. */
export { StudioObject } from '../../src/studio.ts'
export { default, HubObject, TaskObject } from '../../src/worker.ts'
