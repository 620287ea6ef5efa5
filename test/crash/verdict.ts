/** The verdict of the crash run: pure, so that a doctored ledger can show that it would be seen. */
import type { Task } from '../../src/canonical/task.ts'
import type { Account, Evidence } from './evidence.ts'
import { ended } from './load.ts'

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
/** A result that came after its task had failed is a task of its own, which nobody asked for. */
const isSalvage = ({ salvaged_from }: Task) => salvaged_from !== null
const songsOf = ({ tasks }: Evidence) => tasks.filter(({ operation }) => operation === 'generateMusic')
/** Songs as they were asked for. */
const ordered = (evidence: Evidence) => songsOf(evidence).filter((task) => !isSalvage(task))
const attemptsOf = (task: Task, charged: string) => task.attempts.filter((attempt) => attempt.charged === charged)

/** What is wrong with what one song says of itself, where these upstreams accepted it. */
const contradictions = (task: Task, sellers: readonly string[]): string[] => {
  const wrong: string[] = []
  const succeeded = task.status === 'succeeded'
  if (succeeded && sellers.length !== 1) wrong.push(`succeeded, and was sold ${sellers.length} times`)
  if (succeeded && task.tracks.length !== 2) wrong.push(`succeeded with ${task.tracks.length} tracks`)
  // Where one of two songs never came, it may have been paid back.
  const half = task.tracks.some(({ status }) => status !== 'ready') && task.billing.charged === 'unknown'
  if (succeeded && !half && task.billing.charged !== 'yes')
    wrong.push(`succeeded, and says charged: ${task.billing.charged}`)
  for (const { provider } of attemptsOf(task, 'yes'))
    if (!sellers.includes(provider)) wrong.push(`says that ${provider} charged, which sold nothing`)
  for (const seller of sellers)
    if (!task.attempts.some(({ provider, charged }) => provider === seller && charged !== 'no'))
      wrong.push(`was sold by ${seller}, and says that it took nothing`)
  return wrong
}

/** Money of one upstream: what tasks say was taken is in its account, and nothing is that no task owns up to. */
const misbilled = (evidence: Evidence, account: Account): string[] => {
  const { provider } = account
  // A salvaged result and the failed task it came from speak of the same money.
  const salvaged = new Set(evidence.tasks.map(({ salvaged_from }) => salvaged_from))
  const within = (what: string, taken: number, known: number, unknown: number) =>
    taken < known - 1e-6 || taken > known + unknown + 1e-6
      ? [`${provider}: ${taken} ${what} in the ledger, ${known} known to tasks and ${unknown} perhaps`]
      : []
  const owned = (charged: string) =>
    evidence.tasks.filter(
      (task) => !salvaged.has(task.id) && attemptsOf(task, charged).some((each) => each.provider === provider),
    )
  const count = (operation: string, charged: string) =>
    owned(charged).filter((task) => task.operation === operation).length
  const credits = (charged: string) => sum(owned(charged).map(({ billing }) => billing.credits ?? 0))
  /** Where a price is not known, what was taken may be any amount above the rest. */
  const unpriced = [...owned('yes'), ...owned('unknown')].some(({ billing }) => billing.credits === null)
  return [
    ...within('songs', account.accepted, count('generateMusic', 'yes'), count('generateMusic', 'unknown')),
    ...within('alignments', account.alignments, count('alignLyrics', 'yes'), count('alignLyrics', 'unknown')),
    ...within('credits', account.credits, credits('yes'), unpriced ? Infinity : credits('unknown')),
  ]
}

/** Lists of what must not be, all of them empty in a good run. */
export const faultsIn = (evidence: Evidence): Readonly<Record<string, readonly string[]>> => {
  const { tasks, promised, unanswered, broken, sold, alignments, alignmentsGone, accounts, logged, damage } = evidence
  const songs = new Map(ordered(evidence).map((task) => [task.id, task]))
  const sellers = Map.groupBy(sold, ({ title }) => title)
  const kept = new Set(promised.values())
  const counted = sum([...alignments.values()])
  const bought = sum(accounts.map((account) => account.alignments))
  return {
    lost: [...promised].filter(([, id]) => !songs.has(id)).map(([title]) => title),
    duplicated: [...sellers].filter(([, jobs]) => jobs.length > 1).map(([title]) => title),
    'never ended': tasks
      .filter((task) => !ended(task))
      .map(({ id, operation, stages, attempts }) => JSON.stringify({ id, operation, stages, attempts })),
    'never answered': unanswered,
    'sold and never promised': [...sellers.keys()].filter((title) => !promised.has(title)),
    'there and never promised': [...songs.keys()].filter((id) => !kept.has(id)),
    'alignments bought twice': [...alignments].filter(([, times]) => times > 1).map(([which]) => which),
    'alignments miscounted': counted === bought ? [] : [`${counted} seen, ${bought} in the ledgers`],
    'alignments lost': alignmentsGone,
    contradictory: [...promised].flatMap(([title, id]) => {
      const task = songs.get(id)
      const providers = (sellers.get(title) ?? []).map(({ provider }) => provider)
      return task === undefined ? [] : contradictions(task, providers).map((wrong) => `${title} ${wrong}`)
    }),
    misbilled: accounts.flatMap((account) => misbilled(evidence, account)),
    'wrong answers': broken,
    'errors logged': logged,
    damaged: damage,
  }
}

/** What happened, in numbers. */
export const figuresOf = (evidence: Evidence): Readonly<Record<string, number>> => {
  const songs = ordered(evidence)
  const failed = Map.groupBy(
    songs.filter(({ status }) => status === 'failed'),
    ({ error }) => error?.code ?? 'no reason',
  )
  const stages = songs.filter((task) => task.stages.some(({ stage }) => stage === 'reconciling'))
  return {
    'Songs acknowledged': evidence.promised.size,
    'Songs succeeded': songs.filter(({ status }) => status === 'succeeded').length,
    ...Object.fromEntries([...failed].map(([code, all]) => [`Songs failed as ${code}`, all.length])),
    'Songs whose submission was unknown': stages.length,
    'Of them found again': stages.filter(({ status }) => status === 'succeeded').length,
    'Results that came after the end, kept': songsOf(evidence).filter(isSalvage).length,
    'Songs accepted by upstreams': evidence.sold.length,
    'Alignments bought': sum(evidence.accounts.map(({ alignments }) => alignments)),
    'Alignments answered': evidence.aligned,
  }
}
