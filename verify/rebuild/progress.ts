/**
 * What a rebuild reports while it works, for people only; no verdict rests on
 * it.
 *
 * @module
 */

/** Something began or ended. */
export interface ProgressEvent {
  /** What it is, such as `control linux-x64`; the same at start and end. */
  readonly activity: string;
  readonly state: "start" | "end";
  /** How it ended, in a word or two. */
  readonly detail?: string;
}

/** Receives progress. */
export type ProgressListener = (event: ProgressEvent) => void;
