/**
 * Retries of a request to a signing service: after a lost connection, a
 * time-out, and the answers 408, 429 and 5xx, with a pause that doubles. The
 * signing library compares with constants that Deno does not have and so would
 * give up at the first 503. What is still out of order after the last attempt
 * ends as "not signed", never as an unsigned release.
 *
 * @module
 */

import { ReproofError } from "../../verify/error.ts";

/** How often, and how it waits. */
export interface RetryOptions {
  /** Attempts after the first; 3 unless said otherwise. */
  readonly retriesMax?: number;
  /** Waits between attempts; a timer unless a test brings its own. */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Fires when the caller gives up. */
  readonly signal?: AbortSignal;
}

const FIRST_PAUSE_MS = 1_000;

/**
 * Runs a request, again if need be.
 *
 * @param service What is asked, for messages.
 * @throws {ReproofError} `signing-unavailable` when it did not answer, or
 * answered that it will not.
 */
export async function withRetries<T>(
  service: string,
  request: () => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const { retriesMax = 3, wait = pause, signal } = options;
  for (let attempt = 0;; attempt++) {
    signal?.throwIfAborted();
    try {
      return await request();
    } catch (error) {
      if (error instanceof ReproofError) throw error;
      const status = statusOf(error);
      if (attempt >= retriesMax || !isTransient(status)) {
        throw new ReproofError("signing-unavailable", `Asking ${service}`, {
          expected: "an answer",
          observed: `${
            status === undefined ? "none" : `status ${status}`
          } after ${attempt + 1} ${attempt === 0 ? "attempt" : "attempts"}`,
          cause: error,
        });
      }
      await wait(FIRST_PAUSE_MS * 2 ** attempt, signal);
    }
  }
}

/** The HTTP status somewhere under an error; undefined without an answer. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { statusCode } = error as { statusCode?: unknown };
  return typeof statusCode === "number" ? statusCode : statusOf(error.cause);
}

function isTransient(status: number | undefined): boolean {
  return status === undefined || status === 408 || status === 429 ||
    status >= 500;
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", stop, { once: true });
  });
}
