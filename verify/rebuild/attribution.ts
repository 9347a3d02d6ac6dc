/**
 * Naming the axis behind a difference by its literal trace: a value of the
 * varied run stands in the varied artifact, near a place that differs, and
 * not in the control artifact. The forms searched are those of
 * `attribution/canary_forms.ts`. A number that is the time of the varied run
 * counts only within a small difference, since chance makes one in a large
 * one. File modes are compared with the two masks. What leaves no literal
 * trace stays unnamed; an axis is never guessed.
 *
 * @module
 */

import type { Difference } from "../compare/comparison.ts";
import type { Axis } from "./axis/axis.ts";
import { AXES } from "./axis/mod.ts";
import {
  momentNeedles,
  type Needle,
  textNeedles,
} from "./attribution/canary_forms.ts";
import { searchFile } from "./attribution/canary_search.ts";
import type { RebuildResult } from "./result.ts";

/** One run's values and when it ran. */
export interface AttributedRun {
  readonly axes: Readonly<Record<string, string>>;
  readonly window: readonly [number, number];
}

/** The two sides of an artifact that differs. */
export interface AttributionInput {
  readonly artifact: string;
  readonly differences: readonly Difference[];
  /** Paths on disk. */
  readonly left: string;
  readonly right: string;
  readonly control: AttributedRun;
  readonly varied: AttributedRun;
  /** Of both runs. */
  readonly sourceDateEpoch: number;
  /** Directory of the rebuild, for values that hold `{work}`. */
  readonly work: string;
}

/** Bytes around a difference in which a trace counts as its trace. */
const NEAR_BYTES = 512;
/** Longest difference in which a number that is a time means that time. */
const MOMENT_BYTES_MAX = 4_096;

type Attribution = RebuildResult["attribution"][number];

/** Finds the axes behind the differences of one artifact. */
export function attribute(input: AttributionInput): Attribution[] {
  const traces = leakedTraces(input);
  const found: Attribution[] = [];
  for (const axis of AXES) {
    const canary = traces.find((trace) =>
      trace.axis === axis.name && !trace.weak
    );
    const moments = traces.filter((trace) =>
      trace.axis === axis.name && trace.weak
    );
    for (const difference of input.differences) {
      const evidence = canary === undefined
        ? modeEvidence(axis, difference, input) ??
          momentEvidence(moments, difference)
        : traceEvidence(canary, difference) ??
          momentEvidence(moments, difference);
      if (evidence !== undefined) {
        found.push({
          artifact: input.artifact,
          path: difference.path,
          axis: axis.name,
          evidence,
        });
      }
    }
    if (
      canary !== undefined &&
      !found.some(({ axis: name }) => name === axis.name)
    ) {
      found.push({
        artifact: input.artifact,
        path: "",
        axis: axis.name,
        evidence: `"${canary.text}" as ${canary.form} at byte ${
          canary.places[0] ?? 0
        } of the varied artifact, not in the control artifact`,
      });
    }
  }
  return found;
}

/** Differences with the cause that attribution found for them. */
export function withCauses(
  differences: readonly Difference[],
  attribution: readonly Attribution[],
): Difference[] {
  return differences.map((difference) => {
    const found = attribution.find(({ path }) => path === difference.path);
    const axis = AXES.find(({ name }) => name === found?.axis);
    if (axis === undefined) return difference;
    // A trace is evidence; what a comparison says of its own is a surmise.
    const known = difference.cause?.axis === axis.name
      ? difference.cause
      : null;
    return {
      ...difference,
      cause: {
        axis: axis.name,
        construct: known?.construct ?? axis.construct,
        fix: known?.fix ?? axis.fix,
      },
    };
  });
}

interface Trace {
  readonly axis: string;
  readonly text: string;
  readonly form: string;
  /** Whether chance may make it, so that only its place gives it meaning. */
  readonly weak: boolean;
  readonly bytes: number;
  /** Offsets in the varied artifact, the first few. */
  readonly places: readonly number[];
}

/** Traces of the varied run that the control artifact does not have. */
function leakedTraces(input: AttributionInput): Trace[] {
  const values = input.differences.map(({ right }) => right?.value ?? "");
  const shown = new Map<Needle, string>();
  for (const axis of AXES) {
    for (const [needle, text] of axisNeedles(axis, input)) {
      shown.set(needle, text);
    }
  }
  const right = searchFile(input.right, [...shown.keys()]);
  const left = searchFile(
    input.left,
    [...right.keys()].filter(({ accept }) => accept === undefined),
  );
  return [...shown].flatMap(([needle, text]): Trace[] => {
    const { axis, form, accept, bytes, before, after } = needle;
    const places = right.get(needle) ?? [];
    const inValue = form === "UTF-8" &&
      values.some((value) => value.includes(needle.text));
    return places.length > 0 && !left.has(needle) || inValue
      ? [{
        axis,
        text,
        form,
        weak: accept !== undefined,
        bytes: before + bytes.length + after,
        places,
      }]
      : [];
  });
}

/** Needles of an axis, each with the value as it is shown. */
function axisNeedles(axis: Axis, input: AttributionInput): [Needle, string][] {
  const [control, varied] = [input.control, input.varied];
  const value = varied.axes[axis.name];
  if (value === undefined || value === control.axes[axis.name]) return [];
  const { sourceDateEpoch } = input;
  const when = { window: varied.window, sourceDateEpoch };
  const own = new Set(
    axis.canaries(control.axes[axis.name] ?? "", {
      window: control.window,
      sourceDateEpoch,
    }),
  );
  const texts = axis.canaries(value, when)
    .filter((text) => !own.has(text));
  const span = axis.span?.(value, when);
  return [
    ...texts.flatMap((raw) =>
      textNeedles(axis.name, raw.replace("{work}", input.work))
        .map((needle): [Needle, string] => [needle, raw])
    ),
    ...span === undefined ? [] : momentNeedles(axis.name, span, [
      0,
      zoneSeconds(varied.axes["time-zone"], span[0]),
    ]).map((needle): [Needle, string] => [
      needle,
      axis.name === "time"
        ? "the time of the varied run"
        : "the time of the varied source",
    ]),
  ];
}

/** Seconds that a zone of the database is ahead of UTC; 0 when unknown. */
function zoneSeconds(zone: string | undefined, at: number): number {
  try {
    const name = new Intl.DateTimeFormat("en", {
      timeZone: zone ?? "UTC",
      timeZoneName: "longOffset",
    }).formatToParts(new Date(at * 1000))
      .find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    const seconds = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60;
    return sign === "-" ? -seconds : seconds;
  } catch {
    return 0;
  }
}

/** A number within a small difference that is the time of the varied run. */
function momentEvidence(
  moments: readonly Trace[],
  { path, right }: Difference,
): string | undefined {
  if (right === null || path.includes(":")) return undefined;
  if (right.length > MOMENT_BYTES_MAX) return undefined;
  for (const { form, text, places, bytes } of moments) {
    const place = places.find((place) =>
      place < right.offset + right.length && place + bytes > right.offset
    );
    if (place !== undefined) {
      return `${text} as ${form} at byte ${place} of the varied artifact`;
    }
  }
  return undefined;
}

function traceEvidence(
  trace: Trace,
  difference: Difference,
): string | undefined {
  const side = difference.right;
  if (side === null) return undefined;
  if (side.value.includes(trace.text)) {
    return `the varied value holds "${trace.text}"`;
  }
  // Nested fields count their offsets in another stream.
  if (difference.path.includes(":")) return undefined;
  const near = trace.places.find((place) =>
    place >= side.offset - NEAR_BYTES &&
    place < side.offset + side.length + NEAR_BYTES
  );
  return near === undefined
    ? undefined
    : `"${trace.text}" as ${trace.form} at byte ${near} of the varied artifact`;
}

/** Modes that are one mode under two masks name the mask. */
function modeEvidence(
  axis: Axis,
  difference: Difference,
  input: AttributionInput,
): string | undefined {
  if (axis.name !== "umask" || !/(?:^|\/)mode$/.test(difference.path)) {
    return undefined;
  }
  const [left, right, control, varied] = [
    difference.left?.value,
    difference.right?.value,
    input.control.axes[axis.name],
    input.varied.axes[axis.name],
  ].map((text) => parseInt(/[0-7]{3,}/.exec(text ?? "")?.[0] ?? "", 8));
  if (
    left === undefined || right === undefined || control === undefined ||
    varied === undefined || left === right
  ) return undefined;
  const base = left | right;
  return (base & ~control) === left && (base & ~varied) === right
    ? `mode ${left.toString(8)} under umask ${control.toString(8)}, ${
      right.toString(8)
    } under ${varied.toString(8)}`
    : undefined;
}
