/**
 * Whether a dotted version is `floor` or newer. What follows the numbers (a nightly's time, "-1") may be there or not.
 * @param {string} version @param {string} floor
 */
export function versionAtLeast(version, floor) {
  const [have, need] = [version, floor].map((v) => v.split(/[^0-9]+/).map(Number))
  for (const [i, part] of need.entries()) {
    if ((have[i] ?? 0) !== part) return (have[i] ?? 0) > part
  }
  return true
}
