/**
 * Reproof rebuilds ahead-of-time compiled artifacts, explains every byte that
 * differs, and decides by policy whether a release may ship.
 *
 * Run as a program it dispatches to a command; imported it is the library.
 * Each function loads its part on first use, so that start-up stays small.
 *
 * @module
 */

export type { Check, CheckStatus, Evidence, Gate } from "./verify/check.ts";
export type { ComparisonVerdict, ExitCode, Outcome } from "./verify/verdict.ts";

if (import.meta.main) {
  const { main } = await import("./release/cli/main.ts");
  Deno.exit(await main(Deno.args));
}
