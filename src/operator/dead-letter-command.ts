import type { KeptDeadLetter } from '../../queues/dead-letter.ts'
import type { DeadLetters } from '../../queues/dead-letters.ts'
import type { Replay, Replayed } from '../../queues/replay.ts'
import { hidePersonal } from '../shared/hide-personal.ts'
import type { Command } from './parse-command.ts'
import { asLines, asList, asRecord, persons } from './print-dead-letters.ts'

const WHO = 'command'

const WORDS = {
  unknown: 'there is no such record',
  closed: 'it is not open any more',
  ending: 'its people are being told at this moment: try again in a few seconds',
  job_gone: 'its job was removed: it can only be discarded',
}

interface CommandDeps {
  deadLetters: DeadLetters
  replay: Replay
}

/** Does what was asked for. `failed`: not all of it could be done. */
export async function deadLetterCommand(
  command: Command,
  { deadLetters, replay }: CommandDeps,
): Promise<{ text: string; failed: boolean }> {
  const each = async (ids: string[], act: (id: string) => Promise<Replayed>) => {
    const lines: string[] = []
    let failed = false
    for (const id of ids) {
      const done = await act(id)
      lines.push(`${id}: ${done.done ? asLines(done.outcome) : WORDS[done.why]}`)
      failed ||= !done.done
    }
    return { text: lines.join('\n'), failed }
  }

  switch (command.name) {
    case 'list': {
      const { state, stage, code, site, limit, json } = command
      const letters = await deadLetters.list(
        {
          ...(state === 'all' ? {} : { state }),
          ...(stage && { stage }),
          ...(code && { code }),
          ...(site !== undefined && { site }),
        },
        limit,
      )
      const groups = await deadLetters.groups()
      const text = json
        ? JSON.stringify({ groups, deadLetters: letters.map(withoutPersons) })
        : asList(groups, letters)
      return { text, failed: false }
    }
    case 'show': {
      const found = await Promise.all(command.ids.map((id) => deadLetters.get(id)))
      const shown = await Promise.all(found.map((letter) => show(letter, deadLetters, command.json)))
      return { text: shown.join('\n\n'), failed: found.includes(null) }
    }
    case 'replay':
      return await each(command.ids, (id) => replay.replay(id, WHO))
    case 'discard':
      return await each(command.ids, (id) => replay.discard(id, WHO))
    case 'replay_all': {
      const { name: _, ...filter } = command
      const { replayed, left, people } = await replay.replayAll(filter, WHO)
      return { text: `replayed ${replayed}, for ${persons(people)}; left open ${left}`, failed: left > 0 }
    }
  }
}

async function show(letter: KeptDeadLetter | null, deadLetters: DeadLetters, json: boolean): Promise<string> {
  if (!letter) return WORDS.unknown
  const people = await deadLetters.people(letter)
  const shown = withoutPersons(letter)
  return json ? JSON.stringify({ ...shown, people }) : asRecord(shown, people)
}

/** A terminal is read over shoulders, and copied into tickets. */
const withoutPersons = (letter: KeptDeadLetter): KeptDeadLetter => ({
  ...letter,
  data: hidePersonal(letter.data),
  input: hidePersonal(letter.input),
})
