/**
 * What the catalogue says of one code.
 *
 * @module
 */

/** Title, meaning and next step of one code. */
export interface CatalogueEntry {
  /** A few words, sentence case, no final period. */
  readonly title: string;
  /** What it means for the release, in one or two sentences. */
  readonly meaning: string;
  /** What to do about it, in one or two sentences. */
  readonly next: string;
  /**
   * Whether a policy may waive it. Only failed judgements of the artifact can
   * be waived; integrity, signatures and missing evidence cannot.
   */
  readonly waivable: boolean;
}
