/** Work that is done one after the other: of two that come at once one is the second, also where the first fails. */
export const line = () => {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const own = last.then(work)
    last = own.catch(() => {})
    return own
  }
}
