import type { Messages } from '../../src/shared/messages/messages.ts'
import type { Funnel, Numbers } from './numbers.ts'
import { shownDay, shownNumber, shownShare } from './shown.ts'

type Language = 'en' | 'ru'

/** The numbers of some days under a title; with those of the days before, each as `before → now`. */
export function analyticsText(
  { text }: Messages,
  language: Language,
  title: string,
  now: Numbers,
  before: Numbers | null = null,
): string {
  const both = (shown: (numbers: Numbers) => string): string =>
    before === null || shown(before) === shown(now) ? shown(now) : `${shown(before)} → ${shown(now)}`
  const number = (of: (numbers: Numbers) => number | null) =>
    both((numbers) => shownNumber(language, of(numbers)))
  const share = (of: (numbers: Numbers) => number | null) =>
    both((numbers) => shownShare(language, of(numbers)))
  return text(language, 'report-analytics', {
    title,
    newPeople: number(({ overview }) => overview.newPeople),
    dau: number(({ overview }) => overview.dau),
    retentionD1: share(({ overview }) => overview.d1),
    retentionD7: share(({ overview }) => overview.d7),
    downloads: number(({ overview }) => overview.downloads),
    cached: share(({ overview }) => overview.hitRate),
    perPerson: number(({ overview }) => overview.perPerson),
    funnelFrom: shownDay(language, now.funnel.range.from),
    funnelTo: shownDay(language, now.funnel.range.to),
    startToLink: share(({ funnel }) => funnel.link.ofPrevious),
    linkToDownload: share(({ funnel }) => funnel.download.ofPrevious),
    downloadToSecond: share(({ funnel }) => funnel.second_download.ofPrevious),
    secondToReferral: share(({ funnel }) => funnel.referral.ofPrevious),
    limits: number(({ overview }) => overview.limits),
    survey: both(({ survey }) => `${shownShare(language, survey?.share ?? null)} (n = ${survey?.n ?? 0})`),
    errors: number(({ overview }) => overview.failures),
    errorShare: share(({ overview }) => overview.failureRate),
  })
}

/** The funnel, step by step, each with its share of the step before. */
export function funnelText({ text }: Messages, language: Language, funnel: Funnel): string {
  const step = ({ people, ofPrevious }: Funnel['start']): string => {
    const number = shownNumber(language, people)
    return ofPrevious === null ? number : `${number} (${shownShare(language, ofPrevious)})`
  }
  return text(language, 'report-funnel', {
    from: shownDay(language, funnel.range.from),
    to: shownDay(language, funnel.range.to),
    started: shownNumber(language, funnel.start.people),
    linked: step(funnel.link),
    downloaded: step(funnel.download),
    second: step(funnel.second_download),
    referred: step(funnel.referral),
  })
}
