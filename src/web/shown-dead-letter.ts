import type { KeptDeadLetter } from '../../queues/dead-letter.ts'
import { hidePersonal } from '../shared/hide-personal.ts'

export type ShownDeadLetter = KeptDeadLetter & { people: number }

/** A record as operators see it, on a page or in an answer: whatever slipped into it, no link and nobody's words. */
export function shownDeadLetter(letter: KeptDeadLetter, people: number): ShownDeadLetter {
  const { data, input, ...rest } = letter
  return { ...rest, people, data: hidePersonal(data), input: hidePersonal(input) }
}
