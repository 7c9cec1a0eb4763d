import { inRange, type Naive, named, personDays, sum } from './naive-range.ts'
import { eachDay, isAction, looking, over, type PastEvent, propOf, tally } from './past.ts'

export const languages: Naive = (past, query) => {
  const { seen } = looking(past, query)
  const events = inRange(past, query).filter((e) => e.userId !== null)
  const language = (e: PastEvent) =>
    past.firsts.find((f) => f.bot === e.bot && f.userId === e.userId)?.language ?? 'unknown'
  const isNew = ({ seenMs }: { seenMs: number }) =>
    past.dayOf(seenMs) >= query.from && past.dayOf(seenMs) <= query.to
  const fresh = tally([...seen.values()].filter(isNew), (person) => person.language)
  const active = personDays(events.filter(isAction), language)
  const downloads = tally(named(events, 'download_completed'), language)
  return [...new Set([...fresh.keys(), ...active.keys(), ...downloads.keys()])].map((name) => ({
    ...{
      language: name,
      people: fresh.get(name) ?? 0,
      activeDays: active.get(name) ?? 0,
      downloads: downloads.get(name) ?? 0,
    },
  }))
}

export const errors: Naive = (past, query) =>
  [...tally(named(inRange(past, query), 'bot_error'), (e) => JSON.stringify([e.stage, e.code]))].map(
    ([key, count]) => {
      const [stage, code] = JSON.parse(key)
      return { stage, code, errors: count }
    },
  )

export const limits: Naive = (past, query) => {
  const events = inRange(past, query)
  const key = (e: PastEvent) => JSON.stringify([e.limit, e.policy])
  const reached = named(events, 'limit_reached')
  const people = personDays(reached, key)
  const active = personDays(events.filter(isAction)).get('') ?? 0
  return [...tally(reached, key)].map(([name, times]) => {
    const [limit, policy] = JSON.parse(name)
    const own = reached.filter((e) => key(e) === name)
    const met = people.get(name) ?? 0
    return {
      limit,
      policy,
      times,
      people: met,
      share: over(met, active),
      daysSinceFirst: sum(own, 'daysSinceFirst') / times,
    }
  })
}

export const survey: Naive = (past, query) => {
  const given = named(inRange(past, query), 'survey_completed')
  const isUser = (e: PastEvent) =>
    past.events.filter(
      (f) =>
        f.name === 'download_completed' &&
        f.userId === e.userId &&
        f.bot === e.bot &&
        f.atMs < e.atMs &&
        f.atMs >= e.atMs - 14 * 24 * 3600_000,
    ).length >= 2
  const question = (name: string, prop: string, counts: (e: PastEvent) => boolean) => {
    const own = given.filter((e) => e[prop] !== null)
    const n = own.filter(counts).length
    return [...tally(own, (e) => propOf(e, prop))].map(([answer, answers]) => {
      const counted = own.filter((e) => e[prop] === answer && counts(e)).length
      const isShown = n >= 30 && answer !== 'not_applicable'
      return { question: name, answer, answers, counted, n, share: isShown ? counted / n : null }
    })
  }
  return [
    ...question('pmf', 'pmf', (e) => e.pmf !== 'not_applicable' && isUser(e)),
    ...question('useful', 'usefulFor', () => true),
  ]
}

export const referrals: Naive = (past, query) => {
  const events = inRange(past, query)
  return eachDay(query.from, query.to).map((day) => {
    if (day < past.firstDay || day > past.today)
      return { day, came: null, inviters: null, bonuses: null, files: null }
    const own = events.filter((e) => e.day === day)
    const came = named(own, 'user_referred')
    const bonuses = named(own, 'bonus_granted')
    return {
      day,
      came: came.length,
      inviters: new Set(came.map((e) => e.userId)).size,
      bonuses: bonuses.length,
      files: sum(bonuses, 'amount'),
    }
  })
}

export const ads: Naive = (past, query) => {
  const id = (e: PastEvent) => String(e.campaignId)
  const [shown, clicked] = [
    named(inRange(past, query), 'ad_shown'),
    named(inRange(past, query), 'ad_clicked'),
  ]
  const [shows, clicks, people, clickers] = [
    tally(shown, id),
    tally(clicked, id),
    personDays(shown, id),
    personDays(clicked, id),
  ]
  return [...new Set([...shows.keys(), ...clicks.keys()])].map((campaign) => {
    const of = (counts: Map<string, number>) => counts.get(campaign) ?? 0
    return {
      ...{
        campaign,
        name: campaign === '1' ? 'First' : null,
        shown: of(shows),
        clicks: of(clicks),
        people: of(people),
        clickers: of(clickers),
      },
      ...{ clickThrough: over(of(clicks), of(shows)), clickThroughOfPeople: over(of(clickers), of(people)) },
    }
  })
}

export const features: Naive = (past, query) => {
  const name = (e: PastEvent) =>
    ({ inline_query: 'inline', view_clicked: 'button' })[e.name] ?? propOf<string>(e, 'feature')
  const used = inRange(past, query).filter((e) =>
    ['feature_used', 'inline_query', 'view_clicked'].includes(e.name),
  )
  const people = personDays(used, name)
  return [...tally(used, name)].map(([feature, uses]) => ({ feature, uses, people: people.get(feature) }))
}

export const formats: Naive = (past, query) => {
  const chosen = named(inRange(past, query), 'choice_made')
  const remembered = tally(
    chosen.filter((e) => e.remembered),
    (e) => propOf(e, 'format'),
  )
  return [...tally(chosen, (e) => propOf(e, 'format'))].map(([format, choices]) => ({
    format,
    choices,
    remembered: remembered.get(format) ?? 0,
  }))
}
