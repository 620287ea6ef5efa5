/** Planted bugs: what an engine like this one could get wrong. The simulator has to notice each of them. */

/** `edits`: in this file of src/engine, this snippet becomes that. */
export interface Bug {
  readonly name: string
  readonly edits: readonly (readonly [file: string, snippet: string, instead: string])[]
}

const bug = (name: string, ...edits: Bug['edits']): Bug => ({ name, edits })

export const BUGS: readonly Bug[] = [
  // Submitting.
  bug('a paid request is repeated after a time-out', [
    'ask',
    'const answer = await send(transport, ready)',
    "let answer = await send(transport, ready)\n  if (answer.kind === 'lost') answer = await send(transport, ready)",
  ]),
  bug('a lost answer counts as never sent', [
    'outcome',
    "if (answer.kind === 'lost') return unknown(",
    "if (answer.kind === 'lost') return { class: 'not_sent', failure: { code: 'provider_unavailable', detail: 'lost', provider: adapter.id, retryAfter: null } }\n  if (answer.kind === 'lost') return unknown(",
  ]),
  bug('a 5xx counts as a refusal', [
    'outcome',
    "() => ['unknown', 'submission_unconfirmed', 'failed while taking the request']",
    "() => ['refused', 'provider_unavailable', 'failed while taking the request']",
  ]),
  bug('an unknown outcome goes elsewhere', [
    'submitting',
    '  const { code, detail } = outcome.failure\n',
    "  const { code, detail } = outcome.failure\n  if (task.candidates.length > 0) return notAccepted(task, moment, 'not_sent', { ...outcome.failure, code: 'provider_unavailable' })\n",
  ]),
  bug('an unknown outcome is sent again after its window', [
    'submitting',
    "if (failoverOf(task).on_ambiguous !== 'resubmit' || ",
    'if (',
  ]),
  bug('an unknown outcome says that nothing was charged', [
    'submitting',
    "{ state: 'unknown', charged: 'unknown', error: failure }",
    "{ state: 'unknown', charged: 'no', error: failure }",
  ]),
  bug('an accepted request says that nothing was charged', [
    'submitting',
    "provider_task_id: id, charged: 'yes',",
    "provider_task_id: id, charged: 'no',",
  ]),
  bug('the intent is not awaited', [
    'work',
    "await tasks.happen(task.id, { type: 'sending', attempt })",
    "await Promise.race([tasks.happen(task.id, { type: 'sending', attempt }), { ...task, attempts: [...task.attempts, attempt] }])",
  ]),
  bug('what a provider said is dropped where it can not be stored', [
    'ask',
    'await timers.sleep(STORAGE_PAUSE)',
    'return null',
  ]),
  bug('published submit windows are not kept', ['limits', 'if (free > 0) return Math.ceil(free)', '']),
  bug('attempts have no bound', ['step', '?? MAX_ATTEMPTS', '?? 99'], ['submitting', 'tried > 1 ||', 'tried > 5 ||']),
  bug('the window of an unknown outcome never ends', [
    'submitting',
    '? unconfirmed(task, moment, currentAttempt(task)!.error!)',
    '? same(task)',
  ]),

  // Starting again.
  bug('a restart sends again what was being sent', [
    'submitting',
    "attempt?.state === 'sending' ? park(task, moment, interrupted(attempt), evidencePossible)",
    "attempt?.state === 'sending' ? moved(task, moment, { status: 'queued', candidates: [asCandidate(attempt)], next: 'submit', next_at: moment.now })",
  ]),
  bug('a restart forgets what was being sent', [
    'submitting',
    "attempt?.state === 'sending' ? park(task, moment, interrupted(attempt), evidencePossible)",
    "attempt?.state === 'sending' ? same(task)",
  ]),
  bug('a restart forgets the calls under way', [
    'calls',
    'const error = interrupted(task.attempts[0]!)\n',
    'const error = interrupted(task.attempts[0]!)\n      if (error) return\n',
  ]),

  // Storing.
  bug('a task is answered before it is stored', [
    'tasks',
    'await committed(task.id, statements, (it, conflict) => !conflict && JSON.stringify(it) === body)',
    'committed(task.id, statements, (it, conflict) => !conflict && JSON.stringify(it) === body).catch(() => {})',
  ]),
  bug('a change is told before it is stored', [
    'tasks',
    'await committed(id, statements, (it, conflict)',
    'announce(task, read.remember(step.task))\n        await committed(id, statements, (it, conflict)',
  ]),
  bug(
    'changes of a task happen at the same time',
    ['tasks', 'const own = before === undefined ? work() : before.then(work, work)', 'const own = work()'],
    ['store', 'body = ? WHERE id = ? AND version = ?', 'body = ? WHERE id = ? AND version >= ? - 99'],
  ),
  bug('what was stored and reported as failed is not taken up', [
    'tasks',
    'if (!already(await read.task(id), isConflict(error))) throw error',
    'throw error',
  ]),
  bug(
    'the version is not counted',
    ['step', 'version: task.version + 1', 'version: task.version'],
    ['store', 'body = ? WHERE id = ? AND version = ?', 'body = ? WHERE id = ? AND version >= ? - 99'],
  ),
  bug('an event is not stored with its change', ['tasks', ', ...told(task, step.task, step.events, body)', '']),
  bug('events are numbered with gaps', ['step', 'seq: task.seq + events.length', 'seq: task.seq + 2 * events.length']),
  bug('a task changes after its end', ['core', 'if (ended(task) || !canHappen', 'if (!canHappen']),

  // Following.
  bug('nothing is polled', [
    'work',
    "if (task.next === 'poll') return await poll(task)",
    "if (task.next === 'poll') return",
  ]),
  bug('a clock that is set back stops the reads', ['step', 'updated_at - now > SLIGHT', 'false']),
  bug('reads do not keep the published limit', [
    'step',
    'return Math.max(wanted * pace.pollScale, pace.pollFloor)',
    'return wanted * pace.pollScale',
  ]),
  bug('a stage goes back', [
    'following',
    'const news = rank(stage) > rank(task.stage)',
    'const news = stage !== task.stage',
  ]),
  bug('tracks are joined by their place', [
    'following',
    'for (const report of snapshot.tracks) {\n    const index = tracks.findIndex((each) => each.provider_track_id === report.provider_track_id)',
    'for (const [index, report] of snapshot.tracks.entries()) {',
  ]),
  bug('half a song is a success', [
    'following',
    "if (stage === 'complete')",
    "if (stage === 'complete' || stage === 'text_ready')",
  ]),
  bug('a failure in unknown words is the end', [
    'record',
    "if (failure === null) return { type: 'read_failed', retryAfter: null }",
    '',
  ]),
  bug('a record that is not there yet is the end', [
    'following',
    'moment.now - since < VISIBILITY_GRACE &&',
    'false &&',
  ]),
  bug('any link is believed', ['links', '|| holds(value)', '|| holds(value) || true']),
  bug('a refund is not seen', ['following', "failure?.charged ?? 'unknown'", "'unknown'"]),
  bug('every failure counts as refunded', ['following', "failure?.charged ?? 'unknown'", "'refunded'"]),
  bug('a time-out says that nothing was charged', [
    'step',
    "failedThere(task, moment, error, 'unknown'",
    "failedThere(task, moment, error, 'no'",
  ]),
  bug('a failed song goes elsewhere whatever it cost', [
    'step',
    "return after_accept === 'any' || charged === 'refunded' || charged === 'no'",
    'return true',
  ]),
  bug('a song that takes too long goes elsewhere unasked', ['step', "return on_stall === 'failover'", 'return true']),

  // Callbacks.
  bug('a callback is believed', [
    'doorbell',
    "    await tasks.happen(task.id, { type: 'rang',",
    "    if (said?.data) await tasks.happen(task.id, { type: 'snapshot', snapshot: said.data, failure: null, title: provider })\n    await tasks.happen(task.id, { type: 'rang',",
  ]),
  bug('the secret of a callback is not compared', ['doorbell', 'sameText(attempt.token, hash)', 'true']),
  bug('any provider may ring', ['doorbell', 'attempt.provider === provider &&', '']),
  bug('a callback does not resolve what is unknown', [
    'submitting',
    "if ((attempt.state !== 'sending' && attempt.state !== 'unknown') || id === null) return same(task)",
    "if (attempt.state !== 'sending' || id === null) return same(task)",
  ]),
  bug('a callback is taken for the next attempt', [
    'core',
    '(happening.attempt ?? currentAttempt(task)?.id) === currentAttempt(task)?.id',
    'true',
  ]),
  bug('a late result is dropped', [
    'doorbell',
    'if (own !== undefined && isLate(now, own)) await salvage',
    'if (false) await salvage',
  ]),
  bug(
    'whoever was judged to have refused is not heard',
    ['doorbell', '|| isRefused(attempt))', ')'],
    ['doorbell', 'attempt.error !== null &&', 'attempt.error !== null && !isRefused(attempt) &&'],
  ),
  bug('a late result is told of and not looked for', ['late-results', '      awake(now)\n', '']),
  bug('what is given up is not looked for', [
    'late-results',
    "error?.code === 'provider_timeout' &&",
    "error?.code === 'provider_timeout_' &&",
  ]),
  bug('a callback in new words names no task', [
    'doorbell',
    '(codec === undefined ? null : taskNamedIn(codec, body))',
    'null',
  ]),
  bug('a late result is kept each time it is told', [
    'salvage',
    "taskId(entropy, now, task.project, 'salvage', attempt.id)",
    "taskId(entropy, now, task.project, 'salvage', null)",
  ]),

  // Keys and projects.
  bug('the Idempotency-Key is ignored', [
    'idempotency',
    'caller.project, operation, caller.idempotencyKey)',
    'caller.project, operation, null)',
  ]),
  bug('a key may be used for another request', ['idempotency', 'if (task.fingerprint !== fingerprint)', 'if (false)']),
  bug('tasks are read across projects', [
    'home',
    'if (task === null || task.project !== project)',
    'if (task === null)',
  ]),
  bug('tasks are listed across projects', [
    'store',
    "const where = ['project = ?']",
    "const where = ['? IS NOT NULL']",
  ]),
  bug('a track is extended with any key', [
    'verdict',
    'pin.provider === id && answersTo(own, pin.credential)',
    'pin.provider === id',
  ]),

  bug('an error speaks of the money of its last attempt alone', [
    'step',
    'may_have_been_charged: mayHavePaid(attempts)',
    'may_have_been_charged: mayHavePaid(attempts.slice(-1))',
  ]),

  // Canceling.
  bug('a task is canceled while a provider has it', [
    'core',
    "type === 'nobody_left' || type === 'cancel') return",
    "type === 'nobody_left') return",
  ]),
  bug('a task is sent after its deadline', [
    'work',
    'return (task.deadline_at ?? Infinity) <= clock() ? await cancelLate(task) : await submit(task)',
    'return await submit(task)',
  ]),

  // Timed lyrics.
  bug('the intent of a call is not awaited', [
    'calls',
    'return tasks.create(task)',
    'tasks.create(task).catch(() => {})\n          return true',
  ]),
  bug('a call of which nobody knows is forgotten', [
    'calls',
    "const free = charged === 'no' && policy[code].again === 'later'",
    'const free = true',
  ]),
  bug('lyrics of which nobody knows are bought again without a key', [
    'alignLyrics',
    'if (caller.idempotencyKey !== null) return\n',
    'if (caller.project !== null) return\n',
  ]),
  bug('who waited for an unknown call may buy again', [
    'alignLyrics',
    'if (unknown && caller.idempotencyKey !== null) {',
    'if (false) {',
  ]),
  bug('a failed call is repeated with its key', [
    'alignLyrics',
    "if (known?.status === 'failed') raise",
    'if (false) raise',
  ]),

  // Deleting.
  bug('what a deleted task said stays in its events', ['tombstone', '    ...forgetEvents(id),\n', '']),
  bug('a tombstone forgets what was paid', ['tombstone', 'attempts: task.attempts.map(billOf)', 'attempts: []']),
  bug('the key of a deleted task is free again', [
    'idempotency',
    'task === null ? await read.tombstone(id) : null',
    'null as Tombstone | null',
  ]),
  bug('a deleted task is remembered', ['tasks', '          doubted.delete(id)\n          read.forget(id)\n', '']),

  // Money and places of client keys.
  bug('what other tasks of a key have reserved is forgotten', [
    'keys/accounts',
    'return left - (book.claimed - (book.claims.get(id) ?? 0))',
    'return left',
  ]),
  bug('a restart forgets what a key has spent', [
    'keys/accounts',
    'bookOf(key as string).days.set(day as number, amount as number)',
    'bookOf(key as string)',
  ]),
  bug('a reservation is never given back', [
    'keys/accounts',
    "if (task.kind !== 'work' || task.next !== 'submit') return claim(book, task.id, 0)",
    "if (task.kind !== 'work' || task.next !== 'submit') return",
  ]),
  bug('what a key spends is not stored with its task', ['quotas', 'of: spendingOf,', 'of: () => [],']),
  bug(
    'a further attempt is not asked whether its key can pay',
    ['admit', 'if (!covered[index]) {', 'if (covered[index] === null) {'],
    ['quotas', 'if (!ledger.covers(task, candidate)) return null', ''],
  ),
  bug('a key may have any number of tasks', ['keys/accounts', 'open.size >= most', 'open.size >= 99']),
  bug('tasks of a key are forgotten at a restart', [
    'keys/accounts',
    'if (task.account !== undefined) follow(task.account, task)',
    'if (task.account === null) follow(task.account, task)',
  ]),
  bug('a task that ended counts as under way', [
    'keys/accounts',
    'ended(task) ? open.delete(task.id) : open.add(task.id)',
    'open.add(task.id)',
  ]),
  bug('a key is held to no provider', [
    'accept',
    'const providers = caller.key?.providers ?? null',
    'const providers = null',
  ]),
  bug('attempts of a task are not added up against max_cost_usd', [
    'admit',
    'const all = [usd, ...paid.map((attempt) => attempt.usd)]',
    'const all = [usd]',
  ]),
]
