/**
 * The outcomes. All are closed unions, all start at the value that proves
 * nothing, and none is ever derived from the text of a message.
 *
 * @module
 */

/** How two artifacts relate. `unchecked` is the start value. */
export type ComparisonVerdict =
  | "identical"
  | "equivalent"
  | "different"
  | "unchecked";

/** What a release gate can say. */
export const OUTCOMES = ["go", "no-go", "inconclusive"] as const;

/** What a release gate says. `inconclusive` is the start value. */
export type Outcome = typeof OUTCOMES[number];

/** Process exit codes; when several apply, 70 > 2 > 1 > 3 > 0. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  inconclusive: 3,
  internal: 70,
  interrupted: 130,
} as const;

/** One of the documented exit codes. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** The verdict of a whole from those of its parts; no parts prove nothing. */
export function worstVerdict(
  verdicts: Iterable<ComparisonVerdict>,
): ComparisonVerdict {
  let worst: ComparisonVerdict | undefined;
  const rank = { identical: 0, equivalent: 1, unchecked: 2, different: 3 };
  for (const verdict of verdicts) {
    if (worst === undefined || rank[verdict] > rank[worst]) worst = verdict;
  }
  return worst ?? "unchecked";
}

/** The exit code of a comparison or rebuild verdict. */
export function verdictExit(verdict: ComparisonVerdict): ExitCode {
  switch (verdict) {
    case "identical":
    case "equivalent":
      return EXIT.ok;
    case "different":
      return EXIT.failed;
    case "unchecked":
      return EXIT.inconclusive;
  }
}

/** The exit code of a release decision. */
export function outcomeExit(outcome: Outcome): ExitCode {
  switch (outcome) {
    case "go":
      return EXIT.ok;
    case "no-go":
      return EXIT.failed;
    case "inconclusive":
      return EXIT.inconclusive;
  }
}
