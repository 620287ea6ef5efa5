/** Why an address can not be listened on, by the variable that says it. */

const OF_HOST: Readonly<Record<string, string>> = {
  ENOTFOUND: 'is no name that leads anywhere',
  EAI_AGAIN: 'is no name that leads anywhere',
  EADDRNOTAVAIL: 'is no address of this machine',
}
const OF_PORT: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by somebody else: stop that one, or write another port',
  EACCES: 'is not for this user: write a port from 1024 to 65535',
}

/** The same error, in words of our settings where it is about them. */
export const unbound = (error: NodeJS.ErrnoException, host: string, port: number): Error => {
  const code = error.code ?? ''
  if (Object.hasOwn(OF_HOST, code))
    return new Error(
      `HOST is "${host}", which ${OF_HOST[code]}: write 127.0.0.1, 0.0.0.0 or an address of this machine`,
    )
  return Object.hasOwn(OF_PORT, code) ? new Error(`PORT is ${port} at ${host}, which ${OF_PORT[code]}`) : error
}
