import { cpus, totalmem } from 'node:os'
import type { Figure } from './figure.ts'

const rounded = (value: number) =>
  value >= 100 ? Math.round(value) : Number(value.toPrecision(value >= 10 ? 3 : 2))

/** One object, for machines. */
export const asJson = (figures: readonly Figure[]): string =>
  JSON.stringify({
    figures: figures.map((figure) => ({
      ...figure,
      value: rounded(figure.value),
      floor: figure.floor === null ? null : rounded(figure.floor),
      ratio: figure.ratio === null ? null : rounded(figure.ratio),
    })),
  })

/** A Markdown table, as it stands in the README. */
export function asTable(figures: readonly Figure[]): string[] {
  const cell = (value: number | null, unit = '') => (value === null ? '' : `${rounded(value)}${unit}`)
  return [
    '| figure | value | floor | ratio | to reach | holds |',
    '|---|---|---|---|---|---|',
    ...figures.map(({ what, value, unit, floor, ratio, reach, holds }) =>
      [
        '',
        what,
        cell(value, ` ${unit}`),
        cell(floor, ` ${unit}`),
        cell(ratio),
        reach ?? 'reported',
        holds === null ? '' : holds ? 'yes' : '**no**',
        '',
      ]
        .join(' | ')
        .trim(),
    ),
    '',
    machine(),
  ]
}

function machine(): string {
  const [cpu] = cpus()
  return `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 1e9)} GB, Node ${process.version}`
}
