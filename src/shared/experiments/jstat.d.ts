/** The little of jstat that is used here; it brings no types. */
declare module 'jstat' {
  interface Distributions {
    normal: {
      cdf(x: number, mean: number, deviation: number): number
      inv(p: number, mean: number, deviation: number): number
    }
    chisquare: { cdf(x: number, degreesOfFreedom: number): number }
  }
  const jStat: Distributions
  export default jStat
}
