/**
 * Whose turn it is: both sides once in each round, the first alternating, so
 * that neither always runs on what the other left in the caches.
 *
 * @module
 */

const SIDES = ["reference", "artifact"] as const;

/** The sides in the order of a round. */
export function inTurn(round: number): readonly (typeof SIDES[number])[] {
  return round % 2 === 0 ? SIDES : SIDES.toReversed();
}
