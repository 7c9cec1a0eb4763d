/** Every Redis key of ours, beside those that BullMQ keeps under the same prefix for its queues. */
export type Keys = ReturnType<typeof keysFor>

export function keysFor(prefix: string) {
  return {
    prefix,
    /** hash: one request (`request.ts`) */
    request: (ticket: string) => `${prefix}:request:${ticket}`,
    /** set: tickets of one person that are not over */
    active: (botId: number, userId: number) => `${prefix}:active:${botId}.${userId}`,
    /** sorted set: tickets of people who are owed something (the media, a reason, a word), by the time of asking */
    owed: `${prefix}:owed`,
    /** string: a canonical link, under its hash; the only place where links are kept */
    link: (linkHash: string) => `${prefix}:link:${linkHash}`,
    /** string: the media id that a link turned out to be */
    mediaIdOfLink: (linkHash: string) => `${prefix}:media-id:${linkHash}`,
    /** string: facts as JSON */
    facts: (mediaId: string) => `${prefix}:facts:${mediaId}`,
    /** string: the extractor's own record, gzipped, for a fetch that need not ask the site again */
    info: (mediaId: string) => `${prefix}:info:${mediaId}`,
    /** hash: what is going on under a key that is joined: a media key, or a link that is inspected */
    shared: (key: string) => `${prefix}:shared:${key}`,
    /** set: tickets that wait for it */
    waiters: (key: string) => `${prefix}:waiters:${key}`,
    /** set: tickets taken from the waiters by the job that ended it, until their next jobs are added */
    drain: (key: string, generation: number) => `${prefix}:drain:${key}:${generation}`,
    /** set: tickets that were told why a generation failed; a replay delivers to those who still want it */
    told: (key: string, generation: number) => `${prefix}:told:${key}:${generation}`,
    /** sorted set: keys that are being worked on, by the time of their start */
    inflight: `${prefix}:inflight`,
    /** counter: generations; never expires, never goes back */
    generation: `${prefix}:generation`,
    /** string: the file_id that Telegram gave this bot for a media key */
    file: (botId: number, key: string) => `${prefix}:file:${botId}:${key}`,
    /** What all of those begin with. */
    files: `${prefix}:file:`,
    /** string: the ticket whose delivery is giving Telegram the bytes of a media key; the others wait for its file_id */
    uploading: (botId: number, key: string) => `${prefix}:uploading:${botId}:${key}`,
    /** Set: the `send` jobs that wait until Telegram has the bytes. */
    awaitingFile: (botId: number, key: string) => `${prefix}:awaiting-file:${botId}:${key}`,
    /** hash: progress of a production */
    progress: (generation: number) => `${prefix}:progress:${generation}`,
    /** hash: stage -> seconds of its work, of one generation */
    stageSeconds: (generation: number) => `${prefix}:stage-seconds:${generation}`,
    /** The same of an inspection, under the hash of its link: who waited for it waits for a production next. */
    inspectSeconds: (linkHash: string) => `${prefix}:inspect-seconds:${linkHash}`,
    /** string: the format a person always wants */
    preference: (botId: number, userId: number) => `${prefix}:preference:${botId}.${userId}`,
    /** hash: the virtual time of a stage, and its epoch */
    fairClock: (stage: string) => `${prefix}:fair-clock:${stage}`,
    /** string: where a person's virtual time stands */
    fairPerson: (stage: string) => `${prefix}:fair-person:${stage}:`,
    /** sorted set: jobs of one person that run in a stage, by the end of their lease */
    fairPlaces: (stage: string, botId: number, userId: number) =>
      `${prefix}:fair-places:${stage}:${botId}.${userId}`,
    /** string: when an event first happened, ms (`events.ts`) */
    birth: (eventId: string) => `${prefix}:birth:${eventId}`,
    /** hash: bot id -> its username, as the bot found it at its start; the name under which its numbers stand */
    botNames: `${prefix}:bot-names`,
    /** sorted set: `botId.userId` of people of whom an admin has said something that PostgreSQL has not heard, by time, ms */
    peopleChanged: `${prefix}:people-changed`,
    /** hash: what we know of a person (`people/people.ts`) */
    person: (botId: number, userId: number) => `${prefix}:person:${botId}.${userId}`,
    /** strings: files that a person has had, in all, on a day (YYYYMMDD) and in a month (YYYYMM) of REPORT_TZ */
    downloadsTotal: (userId: number) => `${prefix}:user:${userId}:downloads_total`,
    downloadsOfDay: (userId: number, day: string) => `${prefix}:user:${userId}:downloads:day:${day}`,
    downloadsOfMonth: (userId: number, month: string) => `${prefix}:user:${userId}:downloads:month:${month}`,
    /** string: how often a medium was delivered, under the hash of its media id */
    videoDownloads: (hash: string) => `${prefix}:video:${hash}:downloads_total`,
    /** string: whom a referral code belongs to: `botId.userId` */
    referralCode: (botId: number, code: string) => `${prefix}:referral-code:${botId}:${code}`,
    /** string: the ads that run, as JSON (`people/ads.ts`) */
    ads: `${prefix}:ads`,
    /** string: the experiments that run, as JSON (`people/experiments.ts`) */
    experiments: `${prefix}:experiments`,
    /** hash: the survey that a person was asked, until PostgreSQL has it; the only place here that holds their words */
    survey: (botId: number, userId: number) => `${prefix}:survey:${botId}.${userId}`,
    /** sorted set: people (`botId.userId`) with a survey, by when it is to be looked after */
    surveys: `${prefix}:surveys`,
    /** string: an answer of /stats as JSON, for a minute */
    statsAnswer: (hash: string) => `${prefix}:stats-answer:${hash}`,
    /** hash: kind of repair -> how often it was made */
    mended: `${prefix}:mended`,
    /** hash: a job that failed for good (`dead-letter.ts`) */
    deadLetter: (id: string) => `${prefix}:dead-letter:${id}`,
    /** sorted sets: dead letters by the time of the failure; all that are kept, and those that nobody has seen to */
    deadLetters: `${prefix}:dead-letters`,
    openDeadLetters: `${prefix}:dead-letters-open`,
    /** hash: stage -> how far its failed jobs have been looked through, ms; and when all were looked at */
    failedCursor: `${prefix}:failed-cursor`,
    /** hash: stage -> when its canary last came back, ms */
    canary: `${prefix}:canary`,
    /** string: an update whose answer of the `report` stage was given */
    reported: (origin: string) => `${prefix}:reported:${origin}`,
    /** hash: alert -> what is known of it, as JSON; and what of it is still to be told, to whom */
    alerts: `${prefix}:alerts`,
    alertNews: `${prefix}:alert-news`,
    /** string: somebody looks at all that is watched just now */
    alertWatch: `${prefix}:alert-watch`,
    /** sorted set: people (`bot/userId`) of whom the channel has heard, by when they came; and the minute of the last note */
    newPeopleTold: `${prefix}:new-people-told`,
    newPeopleNote: (minute: number) => `${prefix}:new-people-note:${minute}`,
    /** pub/sub channel: generations that nobody waits for any more */
    cancelled: `${prefix}:cancelled`,
  }
}
