/**
 * Whatever a document holds that comes from elsewhere, its reader gives a value
 * or one error: with a code of the catalogue, the name of the document and the
 * place in it, and without a character that acts where it is shown.
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { DENY_LIST } from "../../policy/deny.ts";
import { MEMORY } from "../../policy/memory.ts";
import { POLICY } from "../../policy/policy.ts";
import { parseArtifactsList } from "../../release/artifacts_list.ts";
import { parseFuseProvenance } from "../../release/fuse/provenance.ts";
import { parseReport } from "../../release/report/release_report.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { parseStatement } from "../../verify/attest/statement.ts";
import { parseTrustedRoot } from "../../verify/attest/trusted_root.ts";
import { parseVerificationSummary } from "../../verify/attest/verification_summary.ts";
import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import { type DocumentKind, parseDocument } from "../../verify/document.ts";
import { ReproofError } from "../../verify/error.ts";
import { parseChecksums } from "../../verify/integrity/checksums.ts";
import { LOCK } from "../../verify/rebuild/lock.ts";
import { RECIPE } from "../../verify/rebuild/recipe.ts";
import type { Json } from "../../verify/strict_json.ts";
import { committedProject, releaseWithFuse } from "../release/fuse_project.ts";
import { Workplace } from "../release/project.ts";
import { printSeed } from "../seed.ts";
import { SigstoreStandIn } from "../stand_in/sigstore.ts";
import { bytesOf, KEY, STATEMENT } from "../verify/attest/keyed_bundle.ts";

/** Text that would act in a terminal, in Markdown or as a command. */
const HOSTILE = [
  "\x1b[2J",
  "\r\n::error::x",
  "\u202egnp.exe",
  "\u2028",
  "\ud800",
  "](javascript:x)<img>",
  "__proto__",
  "constructor",
  "",
  "A".repeat(5000),
];
const ACTING =
  // deno-lint-ignore no-control-regex -- these are what must not appear
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

interface Reader {
  readonly good: string;
  read(bytes: Uint8Array): unknown;
  /** What a message names: the file, and the place in it. */
  readonly names: RegExp;
}

const IN_JSON = /(?: at (?:line \d|byte \d|\$)|at most)/;

function document<T>(kind: DocumentKind<T>, good: Json): Reader {
  return {
    good: JSON.stringify(good),
    read: (bytes) => parseDocument(kind, bytes, "the file"),
    names: new RegExp(`the file.*${IN_JSON.source}`),
  };
}

const seed = printSeed("documents");

/** Documents of a release, and others that a user hands over. */
async function readers(
  place: Workplace,
): Promise<Readonly<Record<string, Reader>>> {
  const keyPath = `${place.path}/hostile-key.pub`;
  await using standIn = new SigstoreStandIn();
  const { project, run } = await committedProject(place);
  const out = `${place.path}/released`;
  const { code, stderr } = await releaseWithFuse(place, {
    project,
    out,
    env: run,
  });
  assertEquals(code, 0, stderr);
  const text = (path: string) => Deno.readTextFileSync(`${out}/${path}`);
  const json = (path: string): Json => JSON.parse(text(path));
  const payload = JSON.parse(
    atob(
      JSON.parse(text("attestations/decision.sigstore.json")).dsseEnvelope
        .payload,
    ),
  );
  return {
    statement: {
      good: JSON.stringify(STATEMENT),
      read: (bytes) => parseStatement(bytes, "the file"),
      names: new RegExp(`the file.*${IN_JSON.source}`),
    },
    decision: {
      good: JSON.stringify(payload),
      read: (bytes) =>
        parseVerificationSummary(parseStatement(bytes, "the file"), "the file"),
      names: new RegExp(`the file.*${IN_JSON.source}`),
    },
    root: {
      good: new TextDecoder().decode(standIn.trustedRoot()),
      read: (bytes) => parseTrustedRoot(bytes, "the file"),
      names: new RegExp(`the file.*${IN_JSON.source}`),
    },
    key: {
      good: KEY.publicKey.object.export({ type: "spki", format: "pem" })
        .toString(),
      read: (bytes) => {
        Deno.writeFileSync(keyPath, bytes);
        return loadPublicKey(keyPath);
      },
      names: /key\.pub/,
    },
    list: {
      good: text("SHA256SUMS"),
      read: parseChecksums,
      names: /SHA256SUMS/,
    },
    report: {
      good: text("report.json"),
      read: parseReport,
      names: new RegExp(`report\\.json.*${IN_JSON.source}`),
    },
    artifacts: {
      good: text("release-artifacts.json"),
      read: parseArtifactsList,
      names: new RegExp(`release-artifacts\\.json.*${IN_JSON.source}`),
    },
    provenance: {
      good: text("fuse/release-provenance.json"),
      read: parseFuseProvenance,
      names: new RegExp(`release-provenance\\.json.*${IN_JSON.source}`),
    },
    recipe: document(RECIPE, json("evidence/reproof.json")),
    lock: document(LOCK, json("evidence/reproof.lock.json")),
    policy: document(POLICY, json("evidence/reproof.policy.json")),
    "deny list": document(DENY_LIST, {
      schemaVersion: 1,
      deny: [{
        id: "one",
        artifact: "0".repeat(64),
        reason: "built on a machine that was not ours",
        date: "2026-05-30",
      }],
    }),
    memory: document(MEMORY, { schemaVersion: 1, releases: [] }),
  };
}

/** Replaces, removes or adds something in JSON; cuts and flips other text. */
const edits = fc.array(
  fc.record({
    at: fc.nat(),
    kind: fc.constantFrom("replace", "remove", "rename", "flip", "cut"),
    value: fc.oneof(
      fc.constantFrom<Json>(
        ...HOSTILE,
        null,
        true,
        -1,
        1e300,
        0.5,
        [],
        {},
        [null],
        { rawBytes: "MAMCAQA=" },
      ),
      fc.jsonValue({ maxDepth: 2 }).map((value) => value as Json),
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

interface Edit {
  readonly at: number;
  readonly kind: string;
  readonly value: Json;
}

function places(value: Json, at: readonly string[] = []): string[][] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [...at, key],
    ...places(inner, [...at, key]),
  ]);
}

function edited(text: string, { at, kind, value }: Edit): string {
  let root: Json;
  try {
    root = JSON.parse(text);
  } catch {
    root = null;
  }
  const all = places(root);
  const path = all[at % Math.max(all.length, 1)];
  if (kind === "flip" || kind === "cut" || path === undefined) {
    const middle = at % Math.max(text.length, 1);
    return kind === "cut"
      ? text.slice(0, middle)
      : text.slice(0, middle) + (HOSTILE[at % HOSTILE.length] ?? "") +
        text.slice(middle + 1);
  }
  let parent = root as Record<string, Json>;
  for (const key of path.slice(0, -1)) {
    parent = parent[key] as Record<string, Json>;
  }
  const last = path.at(-1) ?? "";
  if (kind === "replace") parent[last] = value;
  else delete parent[last];
  if (kind === "rename") {
    Object.defineProperty(parent, HOSTILE[at % HOSTILE.length] ?? "", {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return JSON.stringify(root);
}

/** The error of a reader, or null; any other error is a failure. */
function refusal({ read, names }: Reader, bytes: Uint8Array): string | null {
  try {
    read(bytes);
    return null;
  } catch (error) {
    assert(
      error instanceof ReproofError,
      error instanceof Error ? error.stack : String(error),
    );
    assert(Object.hasOwn(CATALOGUE, error.code), error.code);
    assertEquals(ACTING.test(error.message), false, error.message);
    assertEquals(error.message.isWellFormed(), true);
    assert(names.test(error.message), error.message);
    return error.code;
  }
}

Deno.test("every reader gives a value or one error that says where", async (t) => {
  using place = new Workplace();
  for (const [name, reader] of Object.entries(await readers(place))) {
    await t.step(name, () => {
      assertEquals(refusal(reader, bytesOf(reader.good)), null);
      let refused = 0;
      fc.assert(
        fc.property(edits, (list) => {
          const text = list.reduce(edited, reader.good);
          if (refusal(reader, bytesOf(text)) !== null) refused++;
        }),
        { seed, numRuns: 300 },
      );
      assert(refused > 100, `${refused} of 300`);
      fc.assert(
        fc.property(
          fc.oneof(
            fc.uint8Array({ maxLength: 200 }),
            fc.json({ maxDepth: 4 }).map(bytesOf),
          ),
          (bytes) => {
            assert(refusal(reader, bytes) !== null, String(bytes));
          },
        ),
        { seed, numRuns: 200 },
      );
    });
  }
});
