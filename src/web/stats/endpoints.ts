import type { Endpoint } from './endpoint.ts'
import { METRIC_ENDPOINTS } from './metric-endpoints.ts'
import { SIMPLE_ENDPOINTS } from './simple-endpoints.ts'

/** All that can be asked for under /stats. */
export const ENDPOINTS: readonly Endpoint[] = [...SIMPLE_ENDPOINTS, ...METRIC_ENDPOINTS]
