/**
 * Which tolerances are for an artifact: those that name it, by itself or with
 * its target. A tolerance for one artifact says nothing of another that has a
 * field of the same label.
 *
 * @module
 */

import type { Tolerance } from "./comparison.ts";

/** An artifact as recipe and policy name it. */
export interface NamedArtifact {
  readonly target: string;
  readonly name: string;
}

/** Whether a tolerance is for an artifact. */
export function isFor(
  tolerance: Pick<Tolerance, "artifact">,
  { target, name }: NamedArtifact,
): boolean {
  return tolerance.artifact === name ||
    tolerance.artifact === `${target}/${name}`;
}

/** The options of a comparison of one artifact. */
export function optionsFor<
  Options extends { readonly tolerances?: readonly Tolerance[] },
>(options: Options, artifact: NamedArtifact): Options {
  return options.tolerances === undefined ? options : {
    ...options,
    tolerances: options.tolerances.filter((tolerance) =>
      isFor(tolerance, artifact)
    ),
  };
}
