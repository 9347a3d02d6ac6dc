/**
 * Whether one side of a start-up trial is a release build, by the line that it
 * prints or holds about itself. A reference that was built for debugging is
 * easily beaten, so a side of which this is not known is no baseline.
 *
 * @module
 */

import type { Finding } from "./stage/script.ts";
import type { Startup } from "./startup_recipe.ts";

/**
 * Looks for the profile in a build-info line.
 *
 * @param line The line, or null when there is none.
 */
export function profileFinding(
  side: "reference" | "artifact",
  line: string | null,
  { key, value }: Startup["profile"],
): Finding {
  const words = (line ?? "").trim().split(/\s+/);
  const found = words.filter((word) => word.startsWith(`${key}=`));
  const known = found.length === 1;
  return {
    id: `profile/${side}`,
    code: known ? "startup-not-release" : "startup-profile-unknown",
    status: !known
      ? "unchecked"
      : found[0] === `${key}=${value}`
      ? "pass"
      : "fail",
    expected: `${key}=${value} in the build-info line of the ${side}`,
    observed: known
      ? found[0] ?? ""
      : line === null
      ? "no build-info line"
      : `${key} ${found.length} times in its line`,
  };
}
