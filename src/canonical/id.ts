/** The shape of our identifiers: a prefix and 26 characters of Crockford's base 32. */
import * as z from 'zod'

/** Crockford's alphabet: no I, L, O or U (https://www.crockford.com/base32.html). */
export const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

const id = (prefix: string, what: string, example: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9A-HJKMNP-TV-Z]{26}$`), `must be an id such as ${prefix}_${example}`)
    .meta({
      description: `Id of ${what}: \`${prefix}_\` and 26 digits and capital letters`,
      examples: [`${prefix}_${example}`],
    })

export const TaskId = id('task', 'a task', '01JD3W8Q4T7X2M5N9P6R0S1V30')
/** A track's id is its task's 25 characters and its position, so a track finds its task without an index. */
export const TrackId = id('track', 'a track', '01JD3W8Q4T7X2M5N9P6R0S1V31')
export const AttemptId = id('att', 'an attempt', '7Q4T01JD3W8X2M5N9P6R0S1V3A')
export const PersonaId = id('persona', 'a persona', '5N9P6R0S1V301JD3W8Q4T7X2MB')
export const VoiceId = id('voice', 'a custom voice', '6R0S1V301JD3W8Q4T7X2M5N9PC')
export const UploadId = id('upload', 'an upload', '01JD3W8Q4T7X2M5N9P6R0S1V3D')
export const EndpointId = id('whk', 'a webhook endpoint', '01JD3W8Q4T7X2M5N9P6R0S1V3E')
export const DeliveryId = id('dlv', 'a delivery', '01JD3W8Q4T7X2M5N9P6R0S1V3F')
export const KeyId = id('key', 'a key', '01JD3W8Q4T7X2M5N9P6R0S1V3G')
export const RequestId = id('req', 'a request', '9P6R0S1V301JD3W8Q4T7X2M5ND')
