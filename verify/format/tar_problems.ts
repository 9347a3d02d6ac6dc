/**
 * What is wrong with a tar archive, listed up to a limit. Names in it are those
 * of the archive and are shown escaped.
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import { escapeText } from "../escape.ts";
import type { Problem } from "./layout.ts";
import { fieldLabel } from "./ledger.ts";

const PROBLEMS_MAX = 1_000;

/** Problems in the order in which they were met. */
export class TarProblems {
  readonly listed: Problem[] = [];

  /** Takes one in, unless too many are listed. */
  add(code: Code, path: string, offset: number, detail: string): void {
    if (this.listed.length >= PROBLEMS_MAX) return;
    this.listed.push({
      code,
      path: fieldLabel(path),
      offset,
      detail: escapeText(detail),
    });
  }
}
