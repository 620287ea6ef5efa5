/** The provider and key that something was made with, as they are configured now. */
import type { Access, Credential } from './ports.ts'
import type { Pin } from './state.ts'

export interface Asked {
  readonly access: Access
  readonly credential: Credential
}

/** Whether this is the credential that an id was once given to. */
export const answersTo = ({ id, formerly }: Credential, stored: string): boolean =>
  id === stored || (formerly?.includes(stored) ?? false)

export const finder =
  (all: readonly Access[]) =>
  ({ provider, credential }: Pin): Asked | null => {
    const access = all.find(({ adapter }) => adapter.id === provider)
    const own = access?.credentials.find((each) => answersTo(each, credential))
    return access === undefined || own === undefined ? null : { access, credential: own }
  }
