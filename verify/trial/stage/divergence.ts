/**
 * Where two answers to one case part: exit code, standard output, standard
 * error after the declared masks, files written, in that order. The first
 * divergence is shown as a diff of one line.
 *
 * @module
 */

import type { CaseRun } from "./case_run.ts";
import type { Mismatch } from "./match.ts";
import { quote } from "./match.ts";

/** The first divergence of two runs, or null when they are alike. */
export function firstDivergence(
  reference: CaseRun,
  artifact: CaseRun,
  masks: readonly string[],
): Mismatch | null {
  const [a, b] = [reference.end, artifact.end];
  if (a.code !== b.code) {
    return differs("the exit code", String(a.code), String(b.code));
  }
  const text = (bytes: Uint8Array) => mask(decode(bytes), masks);
  return bytesDiffer("standard output", a.stdout, b.stdout) ??
    textDiffers("standard error", text(a.stderr), text(b.stderr)) ??
    filesDiffer(reference.files, artifact.files);
}

function filesDiffer(
  a: CaseRun["files"],
  b: CaseRun["files"],
): Mismatch | null {
  for (const path of [...new Set([...a.keys(), ...b.keys()])].sort()) {
    const [left, right] = [a.get(path), b.get(path)];
    if (left === undefined || right === undefined) {
      const there = (bytes?: Uint8Array) => bytes ? "written" : "not written";
      return differs(`the file ${quote(path)}`, there(left), there(right));
    }
    const found = bytesDiffer(`the file ${quote(path)}`, left, right);
    if (found !== null) return found;
  }
  return null;
}

function bytesDiffer(
  what: string,
  a: Uint8Array,
  b: Uint8Array,
): Mismatch | null {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  if (at === -1 && a.length === b.length) return null;
  // Bytes that decode alike are still not the same.
  return textDiffers(what, decode(a), decode(b)) ??
    differs(
      `${what} at byte ${at === -1 ? a.length : at}`,
      String(a[at] ?? "end"),
      String(b[at] ?? "end"),
    );
}

/** Compares texts line by line. */
export function textDiffers(
  what: string,
  a: string,
  b: string,
): Mismatch | null {
  if (a === b) return null;
  const [left, right] = [a, b].map((text) => text.split("\n")) as [
    string[],
    string[],
  ];
  const at = left.findIndex((line, index) => line !== right[index]);
  const line = at === -1 ? left.length : at;
  return differs(
    `${what} at line ${line + 1}`,
    line < left.length ? quote(left[line] ?? "") : "no such line",
    line < right.length ? quote(right[line] ?? "") : "no such line",
  );
}

function differs(what: string, reference: string, artifact: string): Mismatch {
  return {
    expected: `${what} as the reference gives it`,
    observed: `${what}: - ${reference} + ${artifact}`,
  };
}

function mask(
  text: string,
  masks: readonly string[],
  instead = "[mask]",
): string {
  return masks.reduce(
    (masked, one) => masked.replace(new RegExp(one, "gmu"), instead),
    text,
  );
}

/** What of standard error no mask covers. */
export function unmasked(text: string, masks: readonly string[]): string {
  return mask(text, masks, "");
}

/** Bytes as text, whatever they hold. */
export function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
