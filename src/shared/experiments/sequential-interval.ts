import { ALPHA, around, type Counted, type Interval, standardError } from './proportions.ts'

interface Precision {
  /** Of the difference that is estimated. */
  standardError: number
  /** In both variants together. */
  participants: number
  /** Where the interval is to be at its narrowest. */
  plannedSize: number
  alpha?: number
}

/**
 * Half the width of an interval that may be looked at as often as one likes: an asymptotic confidence sequence
 * (Waudby-Smith and others 2023, arXiv 2103.06476, equation 9; rho by equation 161, as GrowthBook takes it).
 */
export function sequentialHalfWidth({
  standardError,
  participants,
  plannedSize,
  alpha = ALPHA,
}: Precision): number {
  const rhoSquared = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / plannedSize
  const grown = participants * rhoSquared + 1
  const perParticipant = (2 * grown * Math.log(Math.sqrt(grown) / alpha)) / (participants ** 2 * rhoSquared)
  return standardError * Math.sqrt(participants) * Math.sqrt(perParticipant)
}

/** The difference of two shares, for a dashboard that is always looked at. Null without people in both. */
export function sequentialInterval(
  control: Counted,
  variant: Counted,
  plannedSize: number,
  alpha = ALPHA,
): Interval | null {
  if (control.participants === 0 || variant.participants === 0) return null
  const difference = variant.conversions / variant.participants - control.conversions / control.participants
  const half = sequentialHalfWidth({
    // One made-up success and failure in each: else one person of one and none of one would look like certainty.
    standardError: standardError(withOneOfEach(control), withOneOfEach(variant)),
    participants: control.participants + variant.participants,
    plannedSize,
    alpha,
  })
  return around(difference, half)
}

const withOneOfEach = ({ participants, conversions }: Counted): Counted => ({
  participants: participants + 2,
  conversions: conversions + 1,
})
