/**
 * Trust comes from elsewhere than the release that it is to judge: a key,
 * policy or trusted root inside the directory was put there by whoever made
 * it, and would make every release vouch for itself.
 *
 * @module
 */

import { resolve, SEPARATOR } from "@std/path";
import { UsageError } from "../../verify/error.ts";

/**
 * Refuses files of trust that lie in the release, directly or through a link.
 *
 * @throws {UsageError} `trust-from-release`.
 */
export function assertTrustFromElsewhere(
  directory: string,
  paths: readonly string[],
): void {
  const root = `${realPath(directory)}${SEPARATOR}`;
  const inside = paths.find((path) => realPath(path).startsWith(root));
  if (inside === undefined) return;
  throw new UsageError("trust-from-release", "Verifying a release", {
    expected: `a file outside of "${directory}"`,
    observed: `"${inside}" in it`,
  });
}

/** What cannot be followed is refused where it is read, with a better reason. */
function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return resolve(path);
  }
}
