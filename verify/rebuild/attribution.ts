/**
 * Naming the axis behind a difference by its literal trace: a value of the
 * varied run stands in the varied artifact, near a place that differs, and
 * not in the control artifact. Forms searched: UTF-8, UTF-16 little endian,
 * hexadecimal, and base64 at each of its three alignments. File modes are
 * compared with the two masks. What leaves no literal trace stays unnamed;
 * an axis is never guessed.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Difference } from "../compare/comparison.ts";
import type { Axis } from "./axis/axis.ts";
import { AXES } from "./axis/mod.ts";
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
  /** Directory of the rebuild, for values that hold `{work}`. */
  readonly work: string;
}

/** Bytes of an artifact that are searched; a larger one is cut there. */
const SEARCH_BYTES_MAX = 64 << 20;
/** Bytes around a difference in which a trace counts as its trace. */
const NEAR_BYTES = 512;

type Attribution = RebuildResult["attribution"][number];

/** Finds the axes behind the differences of one artifact. */
export function attribute(input: AttributionInput): Attribution[] {
  const right = readFor(input.right);
  const left = readFor(input.left);
  const found: Attribution[] = [];
  for (const axis of AXES) {
    const canary = leaked(axis, input, { left, right });
    for (const difference of input.differences) {
      const evidence = canary === undefined
        ? modeEvidence(axis, difference, input)
        : traceEvidence(canary, difference);
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
    return axis === undefined || (difference.cause?.axis ?? null) !== null
      ? difference
      : {
        ...difference,
        cause: {
          axis: axis.name,
          construct: difference.cause?.construct ?? axis.construct,
          fix: difference.cause?.fix ?? axis.fix,
        },
      };
  });
}

interface Trace {
  readonly text: string;
  readonly form: string;
  /** Offsets in the varied artifact, the first few. */
  readonly places: readonly number[];
}

function leaked(
  axis: Axis,
  input: AttributionInput,
  bytes: { readonly left: Buffer; readonly right: Buffer },
): Trace | undefined {
  const value = input.varied.axes[axis.name];
  if (value === undefined || value === input.control.axes[axis.name]) {
    return undefined;
  }
  const values = input.differences.map(({ right }) => right?.value ?? "");
  const own = new Set(
    axis.canaries(input.control.axes[axis.name] ?? "", input.control.window),
  );
  for (const raw of axis.canaries(value, input.varied.window)) {
    if (own.has(raw)) continue;
    const text = raw.replace("{work}", input.work);
    for (const [form, needle] of forms(text)) {
      const places = occurrences(bytes.right, needle);
      const inValue = form === "UTF-8" &&
        values.some((shown) => shown.includes(text));
      if (
        (places.length > 0 && !bytes.left.includes(needle)) || inValue
      ) return { text: raw, form, places };
    }
  }
  return undefined;
}

function forms(text: string): [string, Buffer][] {
  const utf8 = Buffer.from(text, "utf8");
  return [
    ["UTF-8", utf8],
    ["UTF-16LE", Buffer.from(text, "utf16le")],
    ["hexadecimal", Buffer.from(utf8.toString("hex"))],
    ...[0, 1, 2].map((shift): [string, Buffer] => {
      // The characters that depend on the text's neighbours are cut off.
      const padded = Buffer.concat([Buffer.alloc(shift), utf8]);
      const whole = padded.length - padded.length % 3;
      const skipped = shift === 0 ? 0 : 4;
      return [
        "base64",
        Buffer.from(
          padded.subarray(0, whole).toString("base64").slice(skipped),
        ),
      ];
    }).filter(([, needle]) => needle.length >= 8),
  ];
}

function occurrences(bytes: Buffer, needle: Buffer): number[] {
  const places: number[] = [];
  let at = bytes.indexOf(needle);
  while (at !== -1 && places.length < 64) {
    places.push(at);
    at = bytes.indexOf(needle, at + 1);
  }
  return places;
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

function readFor(path: string): Buffer {
  using file = Deno.openSync(path);
  const size = Math.min(file.statSync().size, SEARCH_BYTES_MAX);
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const count = file.readSync(bytes.subarray(at));
    if (count === null) break;
    at += count;
  }
  return bytes.subarray(0, at);
}
