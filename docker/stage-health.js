import { readFileSync } from 'node:fs'

/**
 * The health of a container that runs stages: what the dashboard's readiness says of them. Process 1 is the
 * container's init, whose arguments end with the names of the stages.
 */
const args = readFileSync('/proc/1/cmdline', 'utf8').split('\0').filter(Boolean)
const names = args.slice(args.indexOf('workers/main.ts') + 1)
const { stages } = await (await fetch('http://web:8080/ready')).json()
process.exit(names.length > 0 && names.every((name) => stages[name]?.ok) ? 0 : 1)
