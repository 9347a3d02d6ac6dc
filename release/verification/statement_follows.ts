/**
 * A statement held against the report whole: it is made again from the report
 * and must come out the same, member by member. What only the signer could see
 * (the kind of its host, totals of a comparison) and the version of the program
 * that wrote it are taken over from the statement.
 *
 * @module
 */

import type { Statement } from "../../verify/attest/statement.ts";
import type { Json } from "../../verify/strict_json.ts";

type Path = readonly string[];

/** What of each kind of statement cannot follow from a report. */
export const ON_WORD = {
  provenance: [
    ["runDetails", "builder", "version"],
    ["buildDefinition", "internalParameters", "host"],
  ],
  comparison: [
    ["runDetails", "builder", "version"],
    ["runDetails", "byproducts", "0", "annotations", "summary"],
    ["runDetails", "byproducts", "0", "annotations", "limitsHit"],
  ],
  testResult: [],
  release: [],
  decision: [["verifier", "version"]],
} as const satisfies Record<string, readonly Path[]>;

/**
 * The first member in which a statement is not the one that follows.
 *
 * @param make Makes the statement from the report; throws where it cannot.
 * @returns Its place, the reason why nothing follows, or null.
 */
export function firstUnlike(
  statement: Statement,
  make: () => Statement,
  onWord: readonly Path[],
): string | null {
  let expected: Json;
  try {
    expected = structuredClone(make().predicate) as Json;
  } catch (error) {
    // Whatever is wrong with the report, nothing follows from it.
    return error instanceof Error ? error.message : String(error);
  }
  for (const path of onWord) takeOver(expected, statement.predicate, path);
  return unlike(expected, statement.predicate, "$");
}

function takeOver(to: Json, from: Json, path: Path): void {
  const [last] = path.slice(-1);
  const [target, source] = [to, from].map((value) =>
    path.slice(0, -1).reduce<Json | undefined>(memberOf, value)
  );
  if (
    last === undefined || !isObject(target) || !isObject(source) ||
    !Object.hasOwn(source, last)
  ) return;
  Object.assign(target, { [last]: source[last] });
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function unlike(expected: Json, observed: Json, path: string): string | null {
  if (!isObject(expected) || !isObject(observed)) {
    return expected === observed ? null : path;
  }
  if (Array.isArray(expected) !== Array.isArray(observed)) return path;
  const keys = new Set([...Object.keys(expected), ...Object.keys(observed)]);
  for (const key of keys) {
    const [one, other] = [memberOf(expected, key), memberOf(observed, key)];
    const place = `${path}.${key}`;
    if (one === undefined || other === undefined) return place;
    const found = unlike(one, other, place);
    if (found !== null) return found;
  }
  return null;
}

function isObject(
  value: Json | undefined,
): value is Json & { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null;
}
