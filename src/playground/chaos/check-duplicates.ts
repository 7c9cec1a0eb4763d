import type { Facts, MediaFact, Verdict, Violation } from './facts.ts'
import { wasSwallowed } from './swallowed.ts'

/** Nobody gets a media twice, but for second copies of direct sends; nothing is made twice. */
export function checkDuplicates(facts: Facts): Verdict {
  const copies = new Map<string, MediaFact[]>()
  for (const one of facts.media) {
    const key = `${one.askId} ${one.name}`
    copies.set(key, [...(copies.get(key) ?? []), one])
  }
  let extra = 0
  const violations: Violation[] = madeTwice(facts)
  for (const list of copies.values()) {
    const [first] = list
    if (!first) continue
    if (first.askId === null) violations.push(duplicated(facts, list, 'answers no message that we know'))
    const explained = list.filter(({ sentBy }) => sentBy && wasSwallowed(sentBy, facts.outages)).length
    const surplus = list.length - 1
    extra += Math.min(surplus, explained)
    if (surplus > explained)
      violations.push(
        duplicated(facts, list, `${list.length} copies, ${explained} of them after a swallowed answer`),
      )
  }
  return { violations, extra }
}

function duplicated({ requests }: Facts, list: MediaFact[], what: string): Violation {
  const calls = list.map(({ messageId, sentBy }) =>
    sentBy ? `message ${messageId} by call ${sentBy.seq}` : `message ${messageId}, a ticket before`,
  )
  const tickets = requests.filter(({ askId }) => askId === list[0]?.askId).map(({ ticket }) => ticket)
  return { kind: 'duplicated', ticket: tickets.join(' ') || null, what: `${what}: ${calls.join(', ')}` }
}

/**
 * A file is made once, and again only after the first one may have been lost: its storage was in trouble, or people
 * had left its production.
 */
function madeTwice({ made, outages, requests }: Facts): Violation[] {
  const byKey = Map.groupBy(made, ({ mediaKey }) => mediaKey)
  return [...byKey].flatMap(([mediaKey, list]) => {
    const wasLeft = requests.some((request) => request.mediaKey === mediaKey && request.state === 'cancelled')
    const sorted = list.toSorted((a, b) => a.generation - b.generation)
    return sorted.slice(1).flatMap((again, index): Violation[] => {
      const before = sorted[index]
      const mayBeLost = outages.some(
        ({ of, fromMs, toMs }) =>
          of === 'files' && toMs >= (before?.addedAtMs ?? 0) && fromMs <= again.endedAtMs,
      )
      if (wasLeft || mayBeLost) return []
      const generations = `${before?.generation} and ${again.generation}`
      return [
        { kind: 'duplicated', ticket: null, what: `one file was made twice, in generations ${generations}` },
      ]
    })
  })
}
