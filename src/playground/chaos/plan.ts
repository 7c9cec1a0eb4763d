import { type Cast, type FaultKind, type PlannedFault, ruleOf } from './fault.ts'
import { type Ask, planAsks } from './plan-asks.ts'
import { createRandom, type Random } from './random.ts'

export type Plan = { asks: Ask[]; faults: PlannedFault[] }

type PlanOptions = {
  seed: number
  durationMs: number
  people: number
  groups: number
  processes: readonly string[]
  /** Which faults there are. */
  kinds: readonly FaultKind[]
}

/** The first requests are on their way before anything breaks. */
const FIRST_FAULT_MS = 3000
/** On average, at most; a short run is so dense that each fault comes once. */
const GAP_MS = 3200

/** Everything that people and faults will do: the same seed and options give the same plan. */
export function makePlan(options: PlanOptions): Plan {
  const { seed, durationMs, people, groups, processes, kinds } = options
  // Two sequences, so that another list of faults leaves the people as they are.
  const asks = planAsks(createRandom(seed), { durationMs, people, groups })
  return {
    asks,
    faults: planFaults(createRandom(seed ^ 0x5eed), durationMs, { processes, people, groups }, kinds),
  }
}

/** Kinds come as cards from a shuffled pack: each once before any comes twice. */
function planFaults(
  random: Random,
  durationMs: number,
  cast: Cast,
  kinds: readonly FaultKind[],
): PlannedFault[] {
  const faults: PlannedFault[] = []
  let pack: FaultKind[] = []
  const gapMs = Math.min(GAP_MS, (durationMs - FIRST_FAULT_MS) / (kinds.length + 1))
  const gap = () => random.between(Math.ceil(gapMs * 0.4), Math.ceil(gapMs * 1.5))
  for (let atMs = FIRST_FAULT_MS; atMs < durationMs && kinds.length > 0; atMs += gap()) {
    if (pack.length === 0) pack = random.shuffled(kinds)
    const kind = pack.pop()
    if (kind) faults.push({ kind, atMs, ...ruleOf(kind).parameters(random, cast) })
  }
  return faults
}
