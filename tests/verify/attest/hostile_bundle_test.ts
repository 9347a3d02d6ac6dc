/**
 * Whatever a bundle holds, verification ends with the same list of checks: it
 * does not throw, and it does not pass.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { signStatementKeyless } from "../../../release/sign/keyless.ts";
import { canonicalJson } from "../../../verify/attest/canonical_json.ts";
import { verifyBundle } from "../../../verify/attest/verify_bundle.ts";
import type { Json } from "../../../verify/strict_json.ts";
import { signerOf, trustIn } from "../../stand_in/keyless.ts";
import { SigstoreStandIn } from "../../stand_in/sigstore.ts";
import {
  BLOB_BUNDLE,
  bytesOf,
  DSSE_BUNDLE,
  STATEMENT,
  trusting,
} from "./keyed_bundle.ts";

const SEED = 20260131;
const NAMES = verifyBundle(DSSE_BUNDLE, trusting()).checks.map((check) =>
  check.id
);

/** Paths of every value below the root. */
function paths(value: Json, at: readonly string[] = []): string[][] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [...at, key],
    ...paths(inner, [...at, key]),
  ]);
}

/** Replaces, removes or adds a value somewhere. */
function edit(
  document: Json,
  { path, kind, value }: { path: readonly string[]; kind: number; value: Json },
): Json {
  const copy = structuredClone(document);
  let parent = copy as Record<string, Json>;
  for (const key of path.slice(0, -1)) {
    parent = parent[key] as Record<string, Json>;
  }
  const last = path.at(-1) ?? "";
  if (kind === 0) parent[last] = value;
  else if (kind === 1) delete parent[last];
  else parent[`${last}x`] = value;
  return copy;
}

/** Characters that act where they are shown. */
const ACTING =
  // deno-lint-ignore no-control-regex -- these are what must not appear
  /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

/** Values that have broken readers before. */
const nasty = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    0,
    -1,
    1e300,
    "",
    "AAAA",
    "constructor",
    "9".repeat(18),
    "A".repeat(4000),
    "\x1b[2J\r\n::error::\u202e",
    [],
    {},
    [null],
    { rawBytes: "AAAA" },
    "MAMCAQA=",
    "MIAAAA==",
  ),
  fc.jsonValue({ maxDepth: 2 }).map((value) => value as Json),
);

await using standIn = new SigstoreStandIn();
const KEYLESS_BUNDLE = await signStatementKeyless(
  STATEMENT,
  signerOf(standIn, ["rekor1", "rekor2", "tsa"]),
);
const IDENTITY_OPTIONS = {
  ...trusting(),
  trust: trustIn(standIn),
  now: standIn.now,
};

for (
  const [name, bundle, options] of [
    ["statement", DSSE_BUNDLE, trusting()],
    ["message", BLOB_BUNDLE, trusting()],
    ["keyless", KEYLESS_BUNDLE, IDENTITY_OPTIONS],
    ["foreign", KEYLESS_BUNDLE, { ...IDENTITY_OPTIONS, foreign: true }],
  ] as const
) {
  const text = new TextDecoder().decode(bundle);
  const document: Json = JSON.parse(text);
  const numRuns = name === "statement" || name === "message" ? 400 : 80;

  Deno.test(`an edited ${name} bundle never verifies and never throws (seed ${SEED})`, () => {
    assertEquals(verifyBundle(bundle, options).status, "verified");
    fc.assert(
      fc.property(
        fc.constantFrom(...paths(document)),
        fc.nat(2),
        nasty,
        (path, kind, value) => {
          const changed = edit(document, { path, kind, value });
          const bytes = bytesOf(canonicalJson(changed));
          // A witness less is no forgery while enough are left.
          const mayPass = canonicalJson(changed) === text ||
            options.trust.kind === "identity" &&
              isSameButWitnesses(document, changed);
          const result = verifyBundle(bytes, options);
          assertEquals(result.checks.map((check) => check.id), NAMES);
          for (const { expected, observed } of result.checks) {
            assertEquals(ACTING.test(expected + observed), false, observed);
          }
          if (!mayPass) {
            assertEquals(result.status, "refused", path.join("."));
          }
        },
      ),
      { seed: SEED, numRuns },
    );
  });
}

/** Whether an edit touched nothing but the witnesses of a keyless bundle. */
function isSameButWitnesses(before: Json, after: Json): boolean {
  const plain = (value: Json): string =>
    canonicalJson(JSON.parse(JSON.stringify(
      value,
      (key, inner) =>
        ["keyid", "timestampVerificationData", "tlogEntries"].includes(key)
          ? undefined
          : inner,
    )));
  return plain(before) === plain(after);
}

Deno.test(`random JSON and random bytes are refused (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      const result = verifyBundle(bytesOf(text), trusting());
      assertEquals(result.status, "refused");
      assertEquals(result.checks.map((check) => check.id), NAMES);
    }),
    { seed: SEED, numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assertEquals(verifyBundle(bytes, trusting()).status, "refused");
    }),
    { seed: SEED, numRuns: 500 },
  );
});
