import type { Update } from 'grammy/types'

/**
 * Handles updates that came together: those of one person one after the other, in the order in which they came, those
 * of different people side by side. After one that fails, its person's later ones are left.
 * @param handle says whether the update is done with
 * @returns those that are not done with, in the order in which they came
 */
export async function handleUpdates(
  updates: readonly Update[],
  handle: (update: Update) => Promise<boolean>,
): Promise<Update[]> {
  const done = new Set<Update>()
  const inOrder = async (ofOne: readonly Update[]) => {
    for (const update of ofOne) {
      if (!(await handle(update))) return
      done.add(update)
    }
  }
  await Promise.all([...Map.groupBy(updates, personOf).values()].map(inOrder))
  return updates.filter((update) => !done.has(update))
}

/** What nobody has sent is of one kind, and comes seldom. */
const personOf = ({ message, callback_query: press }: Update): number | undefined =>
  (message ?? press)?.from?.id
