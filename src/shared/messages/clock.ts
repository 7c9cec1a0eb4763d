/** A length of time as players show it: 0:07, 3:20, 1:02:03. Null stays null. */
export function clock(durationS: number | null): string | null {
  if (durationS === null) return null
  const whole = Math.round(durationS)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const shown = parts[0] === 0 ? parts.slice(1) : parts
  return shown.map((part, index) => (index === 0 ? `${part}` : `${part}`.padStart(2, '0'))).join(':')
}
