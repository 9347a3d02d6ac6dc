/**
 * Errors that a person is expected to meet. Each carries a catalogue code,
 * what was expected, what was found and, where there is one, the next step;
 * the command line prints them on one line.
 *
 * @module
 */

import type { Code } from "./catalogue/mod.ts";
import { escapeText } from "./escape.ts";
import type { LimitName } from "./limits.ts";

/** What an error says beside its message. */
export interface ErrorDetails {
  /** What should have been there. */
  expected?: string;
  /** What was there; untrusted text is escaped when the message is built. */
  observed?: string;
  /** What to do about it; the catalogue's next step is used without one. */
  next?: string;
  /** The error underneath. */
  cause?: unknown;
}

/** A failure with a catalogue code; could not check, so exit code 3. */
export class ReproofError extends Error {
  override name = "ReproofError";
  readonly code: Code;
  readonly doing: string;
  readonly expected: string | undefined;
  readonly observed: string | undefined;
  readonly next: string | undefined;

  /**
   * @param code Entry of the catalogue.
   * @param doing What was being done, in the present participle.
   * @param details Expected, observed, next step, cause.
   */
  constructor(code: Code, doing: string, details: ErrorDetails = {}) {
    const parts = [escapeText(doing)];
    if (details.expected !== undefined) {
      parts.push(`expected ${escapeText(details.expected)}`);
    }
    if (details.observed !== undefined) {
      parts.push(`found ${escapeText(details.observed)}`);
    }
    super(
      parts.length === 1
        ? parts[0]
        : `${parts[0]}: ${parts.slice(1).join(", ")}`,
      details.cause === undefined ? {} : { cause: details.cause },
    );
    this.code = code;
    this.doing = doing;
    this.expected = details.expected;
    this.observed = details.observed;
    this.next = details.next;
  }
}

/** A limit of the table that was reached; `limit-reached` with its name. */
export class LimitError extends ReproofError {
  override name = "LimitError";
  readonly limit: LimitName;

  /** @param limit The limit; the others as for {@linkcode ReproofError}. */
  constructor(limit: LimitName, doing: string, details?: ErrorDetails) {
    super("limit-reached", doing, details);
    this.limit = limit;
  }
}

/** Wrong usage or configuration: nothing was checked, exit code 2. */
export class UsageError extends ReproofError {
  override name = "UsageError";
}
