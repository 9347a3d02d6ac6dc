/**
 * Downloading a file whose digest is known beforehand.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { LIMITS } from "../../limits.ts";
import type { ClientOptions } from "./client.ts";

/**
 * Downloads a file to `into/file`, and leaves none that has another digest.
 *
 * @throws {ReproofError} The failure of the options.
 */
export async function download(
  url: string,
  sha256: string,
  options: ClientOptions,
): Promise<string> {
  Deno.mkdirSync(options.into, { recursive: true });
  const path = `${options.into}/file`;
  const hash = createHash("sha256");
  const limit = AbortSignal.timeout(LIMITS.fetchWallMsMax);
  let size = 0;
  try {
    const response = await fetch(url, {
      signal: options.signal === undefined
        ? limit
        : AbortSignal.any([limit, options.signal]),
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new TypeError(`status ${response.status}`);
    }
    using file = Deno.openSync(path, { write: true, createNew: true });
    for await (const part of response.body) {
      size += part.length;
      if (size > LIMITS.fetchBytesMax) throw new RangeError("too large");
      hash.update(part);
      for (let at = 0; at < part.length;) {
        at += file.writeSync(part.subarray(at));
      }
    }
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw options.failure(url, {
      expected: "a file",
      observed: reasons(cause).join(": "),
      cause,
    });
  }
  const found = hash.digest("hex");
  if (found === sha256) return path;
  Deno.removeSync(path);
  throw options.failure(url, {
    expected: `sha256:${sha256}`,
    observed: `sha256:${found}`,
  });
}

/** What an error says and what caused it; "fetch failed" alone says nothing. */
function reasons(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  return [
    error.message,
    ...error.cause === undefined ? [] : reasons(error.cause),
  ];
}
