/**
 * What is wrong with an image, each thing with its code, the layer that has it
 * and the path inside. How many of each code and layer are listed is bounded;
 * one is enough to judge by.
 *
 * @module
 */

/** Codes that reading an image can give. */
export type ImageCode =
  | "image-unreadable"
  | "image-stray-file"
  | "image-path-unsafe"
  | "image-link-unsafe"
  | "image-link-absolute"
  | "image-whiteout-unsafe"
  | "image-device"
  | "image-setuid";

/** One thing that is wrong. */
export interface ImageFinding {
  readonly code: ImageCode;
  /** Number of the layer, from 0; null for what belongs to none. */
  readonly layer: number | null;
  /** Path in the image or its layout. */
  readonly path: string;
  /** What was found, in plain words. */
  readonly detail: string;
}

/** Findings of each code and layer that are listed. */
const LISTED_MAX = 20;

/** Collects findings. */
export class ImageFindings {
  readonly #listed: ImageFinding[] = [];
  readonly #counts = new Map<string, number>();

  /** Takes one in. */
  add(finding: ImageFinding): void {
    const key = `${finding.code} ${finding.layer}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count <= LISTED_MAX) this.#listed.push(finding);
  }

  /** What was found, in the order it was found. */
  get listed(): readonly ImageFinding[] {
    return this.#listed;
  }
}
