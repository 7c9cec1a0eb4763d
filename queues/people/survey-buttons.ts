import { z } from 'zod'
import { Pmf, UsefulFor } from '../event.ts'
import type { Answer } from './survey.ts'

/** What is pressed under a survey: an answer, or that there are no words. `askedAtMs` names the survey. */
export type SurveyPress = { askedAtMs: number } & (Answer | { step: 'skip' })

type Button = { text: string; callback_data: string }
const ANSWERS = { pmf: Pmf, usefulFor: UsefulFor }
type Value<S extends keyof typeof ANSWERS> = z.infer<(typeof ANSWERS)[S]>

const PREFIX = 'survey'
const AskedAt = z
  .string()
  .regex(/^[0-9a-z]{1,10}$/)
  .transform((text) => Number.parseInt(text, 36))

const data = (askedAtMs: number, ...rest: string[]) => [PREFIX, askedAtMs.toString(36), ...rest].join(':')

/** The answers to a question, one below the other. */
export const answerRows = <S extends keyof typeof ANSWERS>(
  step: S,
  askedAtMs: number,
  label: (value: Value<S>) => string,
): Button[][] =>
  (ANSWERS[step].options as Value<S>[]).map((value) => [
    { text: label(value), callback_data: data(askedAtMs, step, value) },
  ])

export const skipRows = (askedAtMs: number, text: string): Button[][] => [
  [{ text, callback_data: data(askedAtMs, 'skip') }],
]

/** Reads the data of a button. Null for anything that no button of a survey has: a client can send what it likes. */
export function surveyPressOf(text: string): SurveyPress | null {
  const [prefix, when, step, given, ...more] = text.split(':')
  const askedAtMs = AskedAt.safeParse(when).data
  if (prefix !== PREFIX || askedAtMs === undefined || more.length > 0) return null
  if (step === 'skip') return given === undefined ? { askedAtMs, step } : null
  const pmf = Pmf.safeParse(given)
  if (step === 'pmf') return pmf.success ? { askedAtMs, step, value: pmf.data } : null
  const useful = UsefulFor.safeParse(given)
  if (step === 'usefulFor') return useful.success ? { askedAtMs, step, value: useful.data } : null
  return null
}
