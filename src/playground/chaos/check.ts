import { checkDuplicates } from './check-duplicates.ts'
import type { Facts, RequestFact, Verdict, Violation } from './facts.ts'
import { FINAL_STATES, isTold } from './is-told.ts'

/** Pure: what the run has broken of what is promised, and how many second copies faults explain. */
export function check(facts: Facts): Verdict {
  const { violations, extra } = checkDuplicates(facts)
  return { violations: [...checkLost(facts), ...checkUntold(facts), ...violations], extra }
}

/** Every link of a confirmed message is a request; every request has ended, or waits for its person. */
function checkLost({ asks, requests, presses }: Facts): Violation[] {
  const missing = asks.flatMap(({ id, acceptedUpdateId, links }): Violation[] => {
    if (acceptedUpdateId === null) return []
    const found = new Set(requests.filter(({ askId }) => askId === id).map(({ index }) => index))
    return Array.from({ length: links }, (_, index) => index)
      .filter((index) => !found.has(index))
      .map((index) => ({
        kind: 'lost',
        ticket: null,
        what: `link ${index + 1} of update ${acceptedUpdateId} was accepted and is no request`,
      }))
  })
  const hasPressed = (ticket: string, action: string) =>
    presses.some((press) => press.ticket === ticket && press.action === action)
  const unended = requests.flatMap(({ ticket, state }): Violation[] => {
    if (state === 'cancelled' && !hasPressed(ticket, 'cancel') && !hasPressed(ticket, 'other'))
      return [{ kind: 'lost', ticket, what: 'cancelled, and nobody had asked for that' }]
    if (FINAL_STATES.has(state)) return []
    if (state !== 'choosing') return [{ kind: 'lost', ticket, what: `still ${state}` }]
    const ignored = ['pick', 'cancel'].filter((action) => hasPressed(ticket, action))
    return ignored.map((action) => ({
      kind: 'lost',
      ticket,
      what: `still choosing after a press on ${action}`,
    }))
  })
  return [...missing, ...unended]
}

function checkUntold(facts: Facts): Violation[] {
  const untold = facts.requests.flatMap((request): Violation[] => {
    const { ticket, state, failure } = request
    if (isTold(request, facts)) return []
    return [
      {
        kind: 'untold',
        ticket,
        what: `${state}${failure ? ` (${failure})` : ''}, and the chat does not show it`,
      },
    ]
  })
  return [...untold, ...undelivered(facts)]
}

/** Delivered is what is in the chat: of one message's links, as many media as requests say so. */
function undelivered({ asks, requests, media }: Facts): Violation[] {
  return asks.flatMap(({ id }): Violation[] => {
    const delivered = requests.filter(({ askId, state }) => askId === id && state === 'delivered')
    const names = new Set(media.filter(({ askId }) => askId === id).map(({ name }) => name))
    return delivered.slice(names.size).map(({ ticket }: RequestFact) => ({
      kind: 'untold',
      ticket,
      what: `delivered, and the chat has ${names.size} media for ${delivered.length} such requests of its message`,
    }))
  })
}
