import type { World } from './world.ts'

/** The admin among them. */
export const CHEN_ID = 1003

/** The people of the playground: each in a private chat with the first bot, and all in one group. */
export function fillDefaultWorld(world: World) {
  const alice = world.addUser({ id: 1001, firstName: 'Alice', username: 'alice', languageCode: 'en' })
  const boris = world.addUser({ id: 1002, firstName: 'Борис', username: 'boris', languageCode: 'ru' })
  const chen = world.addUser({ id: CHEN_ID, firstName: 'Chen', username: 'chen', languageCode: 'en' })
  const users = [alice, boris, chen]
  for (const user of users) world.openPrivateChat(user)
  const filmClub = world.addGroup({ title: 'Film club', users })
  return { alice, boris, chen, filmClub }
}
