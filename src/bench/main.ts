/**
 * `npm run bench`: times the product and, in turns with it, the floor under each figure, on the same files and before the
 * same stand-ins. The exit code is 1 when a figure does not reach what it is to reach.
 */
import { onStopRequest } from '../playground/stack/on-stop-request.ts'
import { type Bench, startBench } from './bench.ts'
import type { Figure, Measurement } from './figure.ts'
import { MEASUREMENTS } from './measurements.ts'
import { readOptions } from './options.ts'
import { asJson, asTable } from './report.ts'
import { drawDeliveries } from './trace/draw-deliveries.ts'
import { untilIdle } from './until-idle.ts'

const say = (line: string) => console.error(`  ${line}`)

// Everything that we have started dies with us.
onStopRequest(() => process.exit(130))

async function run(): Promise<Figure[]> {
  const { json, only, trace } = readOptions(process.argv.slice(2))
  const wanted = MEASUREMENTS.filter(({ ids }) => !only || ids.some((id) => only.includes(id)))
  say('starting the product')
  const bench = await startBench()
  try {
    say('waiting until it is idle')
    await untilIdle()
    if (trace !== null) {
      await drawDeliveries(bench, trace)
      return []
    }
    const figures = await measure(bench, wanted, (id) => !only || only.includes(id))
    for (const line of json ? [asJson(figures)] : asTable(figures)) console.log(line)
    return figures
  } finally {
    await bench.stop()
  }
}

async function measure(
  bench: Bench,
  measurements: readonly Measurement[],
  isWanted: (id: string) => boolean,
): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const { ids, measure } of measurements) {
    say(`measuring ${ids.join(', ')}`)
    figures.push(...(await measure(bench)).filter(({ id }) => isWanted(id)))
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
