import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { timeDelivery } from '../delivery.ts'
import { drawTrace } from './draw.ts'
import { recordDelivery } from './record.ts'

/** So many come before the one that is drawn: code that runs for the first time is slower. */
const WARMING = 12

/** Draws one first delivery and one repeat into `first-delivery.svg` and `repeat.svg` in a folder. */
export async function drawDeliveries(bench: Bench, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const draw = async (name: string, title: string, link: string) =>
    await writeFile(join(folder, `${name}.svg`), drawTrace(await recordDelivery(bench, title, link)))
  for (let n = 0; n < WARMING; n++) await timeDelivery(bench, bench.newLink('market'))
  const link = bench.newLink('market')
  await draw('first-delivery', 'A first delivery, 10 MB from a page', link)
  for (let n = 0; n < WARMING; n++) await timeDelivery(bench, link)
  await draw('repeat', 'The same link again, another person', link)
}
