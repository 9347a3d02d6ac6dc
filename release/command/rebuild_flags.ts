/**
 * The flags that every command which rebuilds takes, and what they mean.
 *
 * @module
 */

import { UsageError } from "../../verify/error.ts";
import type { RebuildOptions } from "../../verify/rebuild/rebuild.ts";
import { type Isolation, ISOLATIONS } from "../../verify/rebuild/result.ts";
import type { Arguments, Context, Flag } from "../cli/command.ts";

/** Flags of a rebuild. */
export const REBUILD_FLAGS: readonly Flag[] = [
  { name: "seed", value: "SEED", help: "Draw the surroundings from this" },
  { name: "jobs", value: "N", help: "Builds at the same time: 1 or 2" },
  {
    name: "isolation",
    value: "KIND",
    help: "bubblewrap, unshare or none; the strongest that works when absent",
  },
];

/**
 * Reads the flags.
 *
 * @throws {UsageError} `usage` for a value that has no meaning.
 */
export function rebuildOptions(
  context: Pick<Context, "signal">,
  args: Arguments,
): Pick<RebuildOptions, "seed" | "jobs" | "isolation" | "signal"> {
  return {
    seed: seed(args),
    jobs: jobs(args),
    isolation: isolation(args),
    signal: context.signal,
  };
}

function seed(args: Arguments): string | undefined {
  const text = args.value("seed");
  if (text !== undefined && !/^[!-~]{1,64}$/.test(text)) {
    throw new UsageError("usage", 'Reading "--seed"', {
      expected: "1 to 64 printable ASCII characters without spaces",
      observed: `"${text}"`,
    });
  }
  return text;
}

function jobs(args: Arguments): number | undefined {
  const text = args.value("jobs");
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,2}$/.test(text)) {
    throw new UsageError("usage", 'Reading "--jobs"', {
      expected: "a number from 1",
      observed: `"${text}"`,
    });
  }
  return Number(text);
}

function isolation(args: Arguments): Isolation | undefined {
  const text = args.value("isolation");
  const known = ISOLATIONS.find((one) => one === text);
  if (text === undefined || known !== undefined) return known;
  throw new UsageError("usage", 'Reading "--isolation"', {
    expected: ISOLATIONS.join(", "),
    observed: `"${text}"`,
  });
}
