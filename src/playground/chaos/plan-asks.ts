import type { Random } from './random.ts'

/** Where somebody writes: in their private chat, in a group, or in the topic of a forum. */
export type Place = { in: 'private' } | { in: 'group'; group: number } | { in: 'topic'; topic: number }

/** What a person does once there is something to press. */
export type Intention =
  /** Takes the n-th of what is offered, and ticks "always use my choice" before if `keep`. */
  | { what: 'take'; choice: number; keep: boolean }
  /** Takes it, and cancels some time later. */
  | { what: 'cancel'; choice: number; afterMs: number }
  /** Never presses anything. */
  | { what: 'ignore' }

/** One message with links, and what its author does then. */
export type Ask = {
  atMs: number
  person: number
  place: Place
  /** Paths on the media site. */
  links: string[]
  intention: Intention
  /** Presses Try again so often when it fails. */
  retries: number
}

/** The topics of the forum. */
export const TOPICS = [11, 12]
/** One request in so many ms, over all people. */
const ASK_EVERY_MS = 850
/** The last ones ask a little before the end, so that faults meet them too. */
const LAST_ASK_BEFORE_END_MS = 2000

/** What everybody wants, and what is slow, odd, or refused. */
const POPULAR = [
  '/files/clip-1.mp4',
  '/files/clip-2.mp4',
  '/files/clip-3.mp4',
  '/watch/clip-4',
  '/files/ready.mp4',
]
const SLOW = ['/watch/slow?bytesPerSecond=700000&for=', '/watch/slow?bytesPerSecond=1500000&for=']
const ODD = ['/files/clip.webm', '/files/song.m4a', '/watch/hls', '/watch/vertical', '/files/silent.mp4']
const REFUSED = ['/watch/gone', '/watch/private', '/watch/nothing', '/watch/geo']

/** The people's part of the plan. */
export function planAsks(
  random: Random,
  { durationMs, people, groups }: { durationMs: number; people: number; groups: number },
): Ask[] {
  const asks: Ask[] = []
  let unique = 100
  const uniqueLink = () => {
    unique += 1
    return `/files/clip-${unique}.mp4`
  }
  const link = (): string => {
    const dice = random.between(1, 100)
    if (dice <= 52) return random.pick(POPULAR)
    if (dice <= 72) return uniqueLink()
    if (dice <= 82) return `${random.pick(SLOW)}${random.between(1, 6)}`
    if (dice <= 92) return random.pick(ODD)
    return random.pick(REFUSED)
  }
  const place = (): Place => {
    const dice = random.between(1, 100)
    if (dice <= 75 || groups === 0) return { in: 'private' }
    if (dice <= 90) return { in: 'group', group: random.between(0, groups - 1) }
    return { in: 'topic', topic: random.pick(TOPICS) }
  }
  const intention = (): Intention => {
    const dice = random.between(1, 100)
    const choice = random.chance(0.85) ? 0 : 1
    if (dice <= 84) return { what: 'take', choice, keep: random.chance(0.4) }
    if (dice <= 95) return { what: 'cancel', choice, afterMs: random.between(0, 3000) }
    return { what: 'ignore' }
  }
  for (
    let atMs = 0;
    atMs < durationMs - LAST_ASK_BEFORE_END_MS;
    atMs += random.between(1, 2 * ASK_EVERY_MS)
  ) {
    // Several in one message have names of their own: the media are told apart by them.
    const links = random.chance(0.08) ? [...random.shuffled(POPULAR).slice(0, 2), uniqueLink()] : [link()]
    asks.push({
      atMs,
      person: random.between(0, people - 1),
      place: place(),
      links,
      intention: intention(),
      retries: random.between(0, 2),
    })
  }
  return asks
}
