/**
 * `npm run bench`: times the product and, in turns with it, the floor under each figure, on the same files and before the
 * same stand-ins. The exit code is 1 when a figure does not reach what it is to reach.
 */
import { onStopRequest } from '../playground/stack/on-stop-request.ts'
import { type Bench, startBench } from './bench.ts'
import type { Figure } from './figure.ts'
import { measurementsOf } from './measurements.ts'
import { readOptions } from './options.ts'
import { asJson, asTable } from './report.ts'
import { drawDeliveries } from './trace/draw-deliveries.ts'
import { untilIdle } from './until-idle.ts'

// Everything that we have started dies with us.
onStopRequest(() => process.exit(130))

async function run(): Promise<Figure[]> {
  const { json, only, trace } = readOptions(process.argv.slice(2))
  const say = (line: string) => console.error(`  ${line}`)
  say('starting the product')
  const bench = await startBench()
  say('waiting until it is idle')
  await untilIdle()
  try {
    if (trace !== null) {
      await drawDeliveries(bench, trace)
      return []
    }
    const figures = await measure(bench, only, say)
    for (const line of json ? [asJson(figures)] : asTable(figures)) console.log(line)
    return figures
  } finally {
    await bench.stop()
  }
}

async function measure(bench: Bench, only: string[] | null, say: (line: string) => void): Promise<Figure[]> {
  const measurements = measurementsOf(bench)
  const known = measurements.flatMap(({ ids }) => ids)
  const unknown = only?.filter((id) => !known.includes(id)) ?? []
  if (unknown.length > 0)
    throw new Error(`there is no figure ${unknown.join(', ')}; there are ${known.join(', ')}`)
  const figures: Figure[] = []
  for (const { ids, measure } of measurements) {
    if (only && !ids.some((id) => only.includes(id))) continue
    say(`measuring ${ids.join(', ')}`)
    figures.push(...(await measure()).filter(({ id }) => !only || only.includes(id)))
  }
  return figures
}

try {
  const figures = await run()
  process.exit(figures.some(({ holds }) => holds === false) ? 1 : 0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
