import { z } from 'zod'
import { Ad } from '../../../queues/people/ads.ts'
import type { Pool } from '../../shared/db/pool.ts'
import { unlessDatabaseAway } from '../database-error.ts'
import { OfferProblem } from './offer-problem.ts'

const MOST = 500
/** More of it would be no rotation any more. */
const MOST_WEIGHT = 10_000

/** What somebody who keeps the ads may say. What people see is checked as the bot will check it. */
export const AdInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  message: Ad.shape.message,
  buttonText: Ad.shape.buttonText,
  buttonUrl: Ad.shape.buttonUrl.refine(hidesNobody, 'must not carry a user or a password'),
  weight: Ad.shape.weight.max(MOST_WEIGHT).default(1),
  isActive: z.boolean().default(true),
})
export type AdInput = z.output<typeof AdInput>
/** Fields that are to change; the others stay as they are. */
export const AdPatch = z
  .strictObject({
    ...AdInput.shape,
    weight: AdInput.shape.weight.unwrap(),
    isActive: AdInput.shape.isActive.unwrap(),
  })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'nothing is to change')

export const KeptAd = z.object({
  id: z.coerce.number().pipe(z.int()),
  name: z.string(),
  message: z.string(),
  buttonText: z.string(),
  buttonUrl: z.string(),
  weight: z.int(),
  isActive: z.boolean(),
  createdAt: z.date().transform((date) => date.toISOString()),
})
export type KeptAd = z.output<typeof KeptAd>

/** The columns by the names that they have here. */
const COLUMNS = {
  name: 'name',
  message: 'message',
  buttonText: 'button_text',
  buttonUrl: 'button_url',
  weight: 'weight',
  isActive: 'is_active',
} as const satisfies Record<keyof AdInput, string>
const FIELDS = Object.keys(COLUMNS) as (keyof AdInput)[]
const RETURNED = `id, created_at AS "createdAt", ${FIELDS.map((field) => `${COLUMNS[field]} AS "${field}"`).join(', ')}`

export type AdStore = ReturnType<typeof createAdStore>

interface AdDeps {
  reader: Pool
  writer: Pool
  /** Makes what has been changed take effect. */
  changed: () => Promise<void>
}

/** The ads that may be shown above the free limit. They are never deleted: their numbers stay. */
export function createAdStore({ reader, writer, changed }: AdDeps) {
  const write = async (text: string, values: unknown[]): Promise<KeptAd | null> => {
    const { rows } = await unlessDatabaseAway(writer.query(text, values))
    if (rows.length === 0) return null
    await changed()
    return KeptAd.parse(rows[0])
  }

  return {
    /** Those that run first, then the newest. */
    async list(): Promise<KeptAd[]> {
      const query = `SELECT ${RETURNED} FROM ad_campaigns ORDER BY is_active DESC, id DESC LIMIT ${MOST}`
      return z.array(KeptAd).parse((await unlessDatabaseAway(reader.query(query))).rows)
    },

    async create(ad: AdInput): Promise<KeptAd> {
      const places = FIELDS.map((_, i) => `$${i + 1}`)
      const made = await write(
        `INSERT INTO ad_campaigns (${FIELDS.map((field) => COLUMNS[field]).join(', ')}) VALUES (${places.join(', ')}) RETURNING ${RETURNED}`,
        FIELDS.map((field) => ad[field]),
      )
      if (!made) throw new Error('an inserted row was not returned')
      return made
    },

    /** @throws OfferProblem when there is no such ad. */
    async edit(id: number, patch: z.output<typeof AdPatch>): Promise<KeptAd> {
      const fields = FIELDS.filter((field) => patch[field] !== undefined)
      const sets = fields.map((field, i) => `${COLUMNS[field]} = $${i + 2}`)
      const edited = await write(
        `UPDATE ad_campaigns SET ${sets.join(', ')} WHERE id = $1 RETURNING ${RETURNED}`,
        [id, ...fields.map((field) => patch[field])],
      )
      if (!edited) throw new OfferProblem('not_found')
      return edited
    },
  }
}

function hidesNobody(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { username, password, hostname } = new URL(url)
  return username === '' && password === '' && hostname !== ''
}
