import { randomUUID } from 'node:crypto'
import type { Queues } from '../../../queues/queues.ts'
import type { Logger } from '../../shared/logger.ts'

/** Has maintenance hand on to the bot what runs. When that cannot be asked for, it does so by itself in its time. */
export function createApplyOffers(queues: Queues, log: Logger) {
  return async (): Promise<void> => {
    try {
      await queues.add('maintenance', { task: 'offers' }, { jobId: `offers-${randomUUID()}` })
    } catch (error) {
      log.warn({ err: error }, 'a change of ads or experiments takes effect later')
    }
  }
}
