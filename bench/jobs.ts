/** What the upstream of the bench of tasks in flight knows of a song: times in milliseconds since the epoch. */
export interface Job {
  readonly id: string
  readonly accepted: number
  readonly finishes: number
  /** How often it was asked for, when last, and when before that. */
  readonly polls: number
  readonly asked: number
  readonly askedBefore: number
}
