/**
 * A recipe drafted from what an artifact says of itself, with a note to each
 * part: stated by the artifact, guessed from custom, or missing. What is not
 * known is left out, so that a draft with gaps is not a valid recipe.
 *
 * @module
 */

/** How well a part of a draft is known. */
export type Standing = "stated" | "guess" | "missing";

/** What is known of one part of a draft. */
export interface DraftNote {
  /** Place in the recipe, as a JSON path, or `source`. */
  readonly path: string;
  readonly standing: Standing;
  /** Where it was read, why it was guessed, or what to find out. */
  readonly text: string;
}

/** A step of a draft. */
export interface DraftStep {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What one ecosystem knows of an artifact. */
export interface Draft {
  readonly toolchains: Readonly<Record<string, Record<string, unknown>>>;
  readonly prepare?: readonly DraftStep[];
  readonly dropPrepared?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Commands of the one target; left out when unknown. */
  readonly build?: readonly DraftStep[];
  /** Where the build leaves the artifact. */
  readonly output?: string;
  readonly version?: string;
  readonly sourceDateEpoch?: number;
  /** With `{target}` for the place of the target. */
  readonly notes: readonly DraftNote[];
}

/** Notes of one standing. */
export const note = (
  standing: Standing,
  path: string,
  text: string,
): DraftNote => ({ path, standing, text });
