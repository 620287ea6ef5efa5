/** In which mode an extension, a cover or a mashup is asked for, and whose words it takes over. */
import type { TaskOperation } from '../canonical/operations.ts'
import { faulty } from './links.ts'
import type { Request } from './state.ts'
import type { FoundTrack } from './tracks.ts'

const has = (request: Request, ...fields: string[]) => fields.some((field) => request[field] !== undefined)

/** Words that a cover takes over from the track it is made of. */
const words = (track: FoundTrack | undefined, request: Request): Request => {
  const own = track?.task.tracks[track.index]
  if (own === undefined || own.style === null || own.title === null)
    throw faulty(
      '/description',
      'required',
      'give description, or lyrics, style and title: this source has no words of its own to take over',
    )
  const sung = own.lyrics === null || request.instrumental === true ? { instrumental: true } : { lyrics: own.lyrics }
  if (own.lyrics === null && has(request, 'vocal_gender'))
    throw faulty(
      '/vocal_gender',
      'forbidden',
      'leave it out, or give lyrics, style and title: this source has no words of its own to take over',
    )
  return { mode: 'compose', style: own.style, title: own.title, ...sung }
}

/** @throws GatewayError validation_failed where there are no words, and none to take over */
export const modeOf = (operation: TaskOperation, request: Request, track: FoundTrack | undefined): Request => {
  const own = has(request, 'lyrics', 'style', 'title')
  if (operation === 'extendMusic') return { mode: own ? 'compose' : 'inherit' }
  if (has(request, 'description')) return { mode: 'describe' }
  return operation === 'coverMusic' && !own ? words(track, request) : { mode: 'compose' }
}
