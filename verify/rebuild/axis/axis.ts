/**
 * An axis: one thing of the surroundings that the runs differ in. Its values
 * are text, so that evidence shows them and a run can be repeated from them.
 *
 * @module
 */

import type { Host } from "../host.ts";
import type { SeededRandom } from "../random.ts";
import type { Isolation } from "../result.ts";
import type { Surroundings } from "../surroundings.ts";

/** What an axis may look at when it draws its values. */
export interface AxisHost extends Host {
  readonly isolation: Isolation;
  /** Why builds cannot see directories in another order; null when they can. */
  readonly orderReason: string | null;
}

/** Values of one axis for both runs. */
export interface AxisValues {
  readonly control: string;
  readonly varied: string;
  /**
   * Why this host cannot vary it, or not wholly. The axis then does not
   * count as varied, even where the values differ.
   */
  readonly notVaried?: string;
}

/** The times that a run knows. */
export interface RunTime {
  /** Start and end of the run, milliseconds since 1970. */
  readonly window: readonly [number, number];
  /** Seconds since 1970. */
  readonly sourceDateEpoch: number;
}

/** One axis. */
export interface Axis {
  /** Kebab-case; what policies and reports call it. */
  readonly name: string;
  /** Draws the values; the same seed and host give the same values. */
  draw(random: SeededRandom, host: AxisHost): AxisValues;
  /** Writes a value into the surroundings of a run. */
  apply(value: string, surroundings: Surroundings, host: AxisHost): void;
  /**
   * Canaries: texts that stand in an output only when this value leaked.
   * Empty for an axis whose values leave no literal trace.
   *
   * @param when Of the run.
   */
  canaries(value: string, when: RunTime): string[];
  /**
   * Seconds since 1970, from first to last, as the build sees them, for an axis
   * that is a time; numbers of that time are searched, too.
   */
  span?(value: string, when: RunTime): readonly [number, number];
  /**
   * A varied value whose trace is as long as that of the control run, so that
   * what comes after a trace stays in its place; absent where the varied value
   * is that already.
   */
  aligned?(values: AxisValues, random: SeededRandom): string;
  /** Whether two runs with the varied value may differ from each other. */
  readonly unsteady?: true;
  /** What usually leaks it, and the usual fix. */
  readonly construct: string;
  readonly fix: string;
}

/** For an axis of which no other value is as long as the control run's. */
export function asInControl({ control }: AxisValues): string {
  return control;
}
