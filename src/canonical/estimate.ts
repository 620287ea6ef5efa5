/** estimate: what a request would come to, without making it. */
import * as z from 'zod'
import { AddInstrumentalRequest } from './addInstrumental.ts'
import { AddVocalsRequest } from './addVocals.ts'
import { CoverMusicRequest } from './coverMusic.ts'
import { EnhanceStyleRequest } from './enhanceStyle.ts'
import { FieldError } from './error.ts'
import { ExtendMusicRequest } from './extendMusic.ts'
import { GenerateMusicRequest } from './generateMusic.ts'
import { GenerateSoundRequest } from './generateSound.ts'
import { MashupMusicRequest } from './mashupMusic.ts'
import { ReplaceSectionRequest } from './replaceSection.ts'
import { SeparateAudioRequest } from './separateStems.ts'
import { Warning } from './task.ts'
import { HealthState, Model, Reason } from './words.ts'
import { WriteLyricsRequest } from './writeLyrics.ts'

const of = <Id extends string, Body extends z.ZodType>(operation: Id, request: Body) =>
  z
    .strictObject({
      operation: z.literal(operation).describe('Which request it is'),
      request: request.describe('The body as it would be sent'),
    })
    .meta({ id: `Estimate${operation[0]!.toUpperCase()}${operation.slice(1)}` })

export const EstimateRequest = z
  .discriminatedUnion('operation', [
    of('generateMusic', GenerateMusicRequest),
    of('extendMusic', ExtendMusicRequest),
    of('coverMusic', CoverMusicRequest),
    of('addVocals', AddVocalsRequest),
    of('addInstrumental', AddInstrumentalRequest),
    of('replaceSection', ReplaceSectionRequest),
    of('mashupMusic', MashupMusicRequest),
    of('generateSound', GenerateSoundRequest),
    of('separateAudio', SeparateAudioRequest),
    of('writeLyrics', WriteLyricsRequest),
    of('enhanceStyle', EnhanceStyleRequest),
  ])
  .meta({ id: 'EstimateRequest' })
export type EstimateRequest = z.infer<typeof EstimateRequest>

const price = {
  credits: z.number().nullable().describe("In the provider's own credits; null where its price is not known"),
  usd: z.number().nullable().describe('In US dollars; null where it is not known'),
}

export const Estimate = z
  .object({
    object: z.literal('estimate'),
    operation: z.string().describe('The operationId you named'),
    candidates: z
      .array(
        z.object({
          provider: z.string().describe('Id of the provider'),
          model: Model.nullable().describe(
            'The model it would be asked for; null where it takes none, or it is not known',
          ),
          ...price,
          reason: Reason.describe(
            'Why it has this place: `own` made what the request is about, `order` was named; else the strategy',
          ),
          state: HealthState.describe('Those that can not be asked at the moment are last'),
          warnings: z.array(Warning).describe('Fields of the request that it would do nothing with'),
        }),
      )
      .describe('The providers that would be asked, in this order: the first that accepts is the only one paid'),
    excluded: z
      .array(
        z.object({
          provider: z.string().describe('Id of the provider'),
          code: z
            .string()
            .describe(
              '`capability_unsupported`, `validation_failed`, `cost_above_max` or `provider_not_configured`. More may appear',
            ),
          errors: z.array(FieldError).describe('What stands in its way, field by field'),
        }),
      )
      .describe('The others, and why'),
    usd: z
      .object({ min: z.number().describe('The cheapest'), max: z.number().describe('The dearest') })
      .nullable()
      .describe('In US dollars, over the candidates whose price is known; null where none is'),
    unknown_prices: z.boolean().describe('Whether a candidate has no known price'),
  })
  .meta({ id: 'Estimate' })
export type Estimate = z.infer<typeof Estimate>
