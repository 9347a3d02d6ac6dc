/**
 * Declares tests over data that others made. Without the data or a tool the
 * test is ignored with the reason; in CI that is a failure.
 *
 * @module
 */

import { testNeeding } from "../needs.ts";
import { hasTool } from "../tool.ts";

/** What a test needs. */
export interface Needs {
  /** Why data is missing; null when all of it is there. */
  readonly missing: readonly (string | null)[];
  /** Tools on the PATH. */
  readonly tools?: readonly string[];
}

/** Declares a test, or says why it cannot run. */
export function outsideTest(
  name: string,
  { missing, tools = [] }: Needs,
  test: (context: Deno.TestContext) => Promise<void> | void,
): void {
  const absent = [
    ...missing.filter((reason) => reason !== null),
    ...tools.filter((tool) => !hasTool(tool))
      .map((tool) => `${tool} not installed`),
  ];
  testNeeding(name, absent, test);
}

/** Prints evidence: a table or a count. */
export function print(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
