import { testDatabase, testRedis } from '../../playground/testing/services.ts'
import { migrate } from '../../shared/db/migrate.ts'
import { startWeb } from './web-under-test.ts'

/** The application over a database of its own, with an admin and a viewer who are logged in. */
export async function startWebWithDatabase(more: { reportTz?: string } = {}) {
  const [service, { url }] = await Promise.all([testRedis(), testDatabase()])
  await migrate(url)
  const web = await startWeb({ ...service, databaseUrl: url, ...more })
  const [admin, viewer] = [await web.logIn('admin'), await web.logIn('viewer')]
  return {
    ...web,
    databaseUrl: url,
    admin,
    viewer,
    postJson: (path: string, body: unknown, headers: Record<string, string> = admin) =>
      fetch(`${web.origin}/api${path}`, {
        method: 'POST',
        headers: { Origin: web.origin, 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    read: async (path: string) => await (await web.get(`/api${path}`, viewer)).json(),
    /** How often maintenance was told to hand on what runs. */
    async told(): Promise<number> {
      const jobs = await web.queues.queue('maintenance').getJobs(['wait', 'active', 'completed'])
      return jobs.filter(({ data }) => data.task === 'offers').length
    },
  }
}
