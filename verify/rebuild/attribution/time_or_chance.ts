/**
 * Chance or time: fields that differ when the control run is repeated.
 *
 * Builds with a clock that stands still tell. Unequal in two of them, a field
 * is inherent. Equal in all, it was the time, unless a value came again that
 * belongs to another time: the varied run's, a year away, in a repeat, or the
 * control run's in a later repeat. What is odd one time in four is equal in
 * two such builds more often than not, hence five, and hence the later repeat.
 *
 * Where the clock cannot be held for every tool, the cause stays unknown.
 *
 * @module
 */

import type { Run } from "../build_run.ts";
import type { Finding } from "../result.ts";
import { AS_CONTROL } from "./field_labels.ts";
import { labelIn, type Labels, type SearchField } from "./search_field.ts";

/** Builds with a clock that stands still, at most. */
const STILL_BUILDS = 5;

/** What makes the builds and takes down what they show. */
export interface Laboratory {
  readonly control: Run;
  /** Whether the clock can be held at all. */
  readonly faketime: boolean;
  /** Label of a field in the first repeat of the control run. */
  repeated(field: SearchField): string | undefined;
  /** Builds that are left. */
  room(): number;
  /** @param keep Whether its directory stays, to compare others with. */
  build(
    purpose: string,
    axes: Readonly<Record<string, string>>,
    keep?: boolean,
  ): Promise<Run>;
  /** @param base The control run when absent. */
  labels(run: Run, base?: Run): Promise<Labels>;
  settle(
    field: SearchField,
    cause: Finding["cause"],
    axes: readonly string[],
    evidence: string,
  ): void;
}

/** Settles every field as the time, inherent or unknown. */
export async function tellTimeFromChance(
  fields: readonly SearchField[],
  laboratory: Laboratory,
): Promise<void> {
  const { control } = laboratory;
  const unheld = !laboratory.faketime
    ? "libfaketime is not installed"
    : control.evidence.notVaried.time;
  const differs = "differs when the control run is repeated";
  if (!laboratory.faketime || unheld !== undefined || laboratory.room() < 3) {
    const why = unheld ?? "too few builds are left";
    for (const field of fields) {
      laboratory.settle(
        field,
        "unknown",
        [],
        `${differs}; chance and time cannot be told apart: ${why}`,
      );
    }
    return;
  }
  const axes = {
    ...control.evidence.axes,
    time: `@${Math.floor(control.window[0] / 1000)}`,
  };
  const purpose = "control with a clock that stands still";
  const first = await laboratory.build(purpose, axes, true);
  let open = fields;
  const settle = (
    field: SearchField,
    cause: Finding["cause"],
    why: string,
  ) => {
    const named = cause === "axes" ? ["time"] : [];
    laboratory.settle(field, cause, named, `${differs}${why}`);
  };
  let still = 1;
  // A build more is kept for the clock that goes on.
  while (still < STILL_BUILDS && open.length > 0 && laboratory.room() > 1) {
    const again = await laboratory.build(`${purpose}, again`, axes);
    still++;
    const labels = await laboratory.labels(again, first);
    open = open.filter((field) => {
      const built = labelIn(first, new Map(), field) !== undefined;
      const label = built ? labelIn(again, labels, field) : undefined;
      if (label === AS_CONTROL) return true;
      if (label === undefined) {
        settle(field, "unknown", "; does not build in still time");
      } else settle(field, "inherent", ", even while the clock stands");
      return false;
    });
  }
  if (open.length === 0) return;
  const later = await laboratory.build("control again", control.evidence.axes);
  const labels = await laboratory.labels(later);
  for (const field of open) {
    const label = labelIn(later, labels, field);
    const [earliest, elsewhere] = field.observations;
    const recurs = label === earliest?.label || label === elsewhere?.label ||
      laboratory.repeated(field) === elsewhere?.label;
    if (label === undefined || recurs) {
      const why = label === undefined
        ? "a repeat of the control run fails"
        : "a value came again that belongs to another time";
      settle(
        field,
        "unknown",
        `; chance and time cannot be told apart: ${still} builds while the clock stands are equal, but ${why}`,
      );
      continue;
    }
    const why = `, and not in ${still} builds while the clock stands`;
    settle(field, "axes", why);
  }
}
