import { z } from 'zod'
import type { Column, ColumnKind } from './metric.ts'

const column =
  <V extends z.ZodType>(kind: ColumnKind, value: V) =>
  (en: string, ru: string): Column<V> => ({ kind, title: { en, ru }, value })

const day = column('day', z.iso.date())
export const text = column('text', z.string())
export const count = column('count', z.number().int().nonnegative())
/** At most 1, but for a moment: while days are made again, the part may be newer than the whole. */
export const share = column('share', z.number().nonnegative())
/** Of what may come more often than what it is compared with: a press counts on its own day, so it may be above 1. */
export const rate = column('share', z.number().nonnegative())
export const seconds = column('seconds', z.number().nonnegative())
export const number = column('number', z.number())

/** A column that has no value where nobody can know it. */
export const maybe = <V extends z.ZodType>(of: Column<V>): Column<z.ZodNullable<V>> => ({
  ...of,
  value: of.value.nullable(),
})

export const DAY = day('Day', 'День')
export const WEEK = day('Week of', 'Неделя с')
export const PLATFORM = text('Site', 'Сайт')
export const PEOPLE = count('People', 'Люди')
export const DOWNLOADS = count('Files', 'Файлы')
