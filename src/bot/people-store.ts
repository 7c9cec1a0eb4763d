import type { CalendarDay } from '../../queues/people/calendar.ts'
import type { Person, Seen } from '../../queues/people/people.ts'
import type { State } from '../../queues/state.ts'
import { reach } from './store-away.ts'

/** Who a person is to this bot. */
interface Who {
  botId: number
  userId: number
}

/** What the bot reads and writes of people. */
export function createPeopleStore({ people, experiments }: Pick<State, 'people' | 'experiments'>) {
  return {
    /** Notes an action of a person. `atMs` null: it has no time of its own. */
    seen: (
      { botId, userId }: Who,
      action: { origin: string; atMs: number | null; language: string },
    ): Promise<Seen> => reach(people.seen(botId, userId, action)),

    person: ({ botId, userId }: Who): Promise<Person> => reach(people.get(botId, userId)),

    /** What an admin says of somebody. */
    changePerson: (
      { botId, userId }: Who,
      change: Partial<Pick<Person, 'isBlocked' | 'isPaid' | 'freeLimit'>>,
    ): Promise<void> => reach(people.change(botId, userId, change)),

    downloads: (userId: number, on: CalendarDay) => reach(people.downloads(userId, on)),

    /** What a test says of the free downloads of a person, who meets it by asking; null when none does. */
    async freeByTest({ botId, userId }: Who): Promise<number | null> {
      return (await reach(experiments.meet('free_downloads', botId, userId)))?.free ?? null
    },

    /** The same, for somebody else who asks. */
    freeForOthers: ({ botId, userId }: Who): Promise<number | null> =>
      reach(experiments.freeOf(botId, userId)),
  }
}
