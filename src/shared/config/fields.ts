import { z } from 'zod'

/** What the variables of the environment are made of: texts that must look like something. */

/** A variable that is set to nothing counts as not set, as shells and compose files have it. */
export const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((v) => (v === '' ? undefined : v), schema)

/** Digits only: the usual conversion takes a space for 0 and `0x10` for 16. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
export const number = (fallback: number, min: number, max = Number.MAX_SAFE_INTEGER) =>
  optional(wholeNumber(min, max).default(fallback))
export const flag = optional(
  z
    .enum(['0', '1', 'true', 'false'])
    .default('0')
    .transform((v) => v === '1' || v === 'true'),
)
export const list = optional(
  z
    .string()
    .default('')
    .transform((v) =>
      v
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    ),
)
export const userIds = list.pipe(
  z
    .array(z.string().regex(/^\d{1,16}$/, 'holds something that is no id of a person'))
    .transform((ids) => ids.map(Number)),
)
export const isTimeZone = (name: string) => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
export const text = (what: string) => optional(z.string({ error: `is missing: ${what}` }))
