/**
 * A release that was touched: every way to add, remove, swap or change a file
 * is refused for a reason of its own, and no flip of any bit verifies.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { isAttestation } from "../../release/bundle_lines.ts";
import { PREDICATE_TYPE, type Subject } from "../../verify/attest/statement.ts";
import { verifyBundle } from "../../verify/attest/verify_bundle.ts";
import { sha256 } from "../../verify/digest.ts";
import {
  type Verification,
  verifyRelease,
} from "../../release/verification/verification.ts";
import { signBlob } from "../../release/sign/sign.ts";
import { loadSigningKey } from "../../release/sign/signing_key.ts";
import { printSeed } from "../seed.ts";
import { copyTree, filesOf, GOOD_SCRIPT, NOW, Workplace } from "./project.ts";

/** Every byte of the list is tried, and of the statements in a test below. */
const WALKED = ["SHA256SUMS", "SHA256SUMS.sigstore.json"];
/** Bytes tried in each other file, of all of which the list has the digest. */
const SAMPLE = 60;

async function released(): Promise<{
  readonly place: Workplace;
  readonly out: string;
  verify(directory: string): Promise<Verification>;
}> {
  const place = new Workplace();
  const { out, code, stderr } = await place.release(
    place.script(GOOD_SCRIPT),
    "--seed",
    "1",
  );
  assertEquals(code, 0, stderr);
  const key = loadPublicKey(place.publicKey);
  const verify = (directory: string) =>
    verifyRelease(directory, {
      trust: { kind: "keys", keys: [{ id: "key", key }] },
      policy: null,
      now: new Date(NOW),
    });
  return { place, out, verify };
}

function codesOf(verification: Verification): string[] {
  return verification.decision.reasons.map((reason) => reason.code);
}

Deno.test("verify accepts no release with a flipped bit", async () => {
  const { place, out, verify } = await released();
  using _place = place;
  assertEquals((await verify(out)).decision.outcome, "go");
  const random = fc.sample(fc.nat({ max: 2 ** 30 }), {
    numRuns: SAMPLE,
    seed: printSeed("sampled bytes"),
  });
  let flips = 0;
  const survivors: string[] = [];
  for (const path of filesOf(out)) {
    const full = `${out}/${path}`;
    const bytes = Deno.readFileSync(full);
    const offsets = WALKED.includes(path) ? bytes.keys() : new Set(
      bytes.length === 0 ? [] : random.map((value) => value % bytes.length),
    );
    for (const offset of offsets) {
      const original = bytes[offset] ?? 0;
      bytes[offset] = original ^ (1 << (offset % 8));
      Deno.writeFileSync(full, bytes);
      bytes[offset] = original;
      flips++;
      if ((await verify(out)).decision.outcome === "go") {
        survivors.push(`${path}@${offset}`);
      }
    }
    Deno.writeFileSync(full, bytes);
  }
  Deno.stderr.writeSync(new TextEncoder().encode(
    `    ${flips} flips, ${survivors.length} survivors\n`,
  ));
  assertEquals(survivors, []);
  assertEquals((await verify(out)).decision.outcome, "go");
});

Deno.test("no statement of a release verifies with a flipped bit in any byte", async () => {
  const { place, out } = await released();
  using _place = place;
  const key = loadPublicKey(place.publicKey);
  const survivors: string[] = [];
  const verifies = (bytes: Uint8Array, subjects: readonly Subject[]) =>
    verifyBundle(bytes, {
      name: "bundle",
      trust: { kind: "keys", keys: [{ id: "key", key }] },
      expect: {
        kind: "statement",
        predicateTypes: Object.values(PREDICATE_TYPE),
        subjects,
        rule: "exactly",
      },
      now: new Date(NOW),
    }).status === "verified";
  const bundles = filesOf(out).filter(isAttestation);
  assertEquals(bundles.length, 6);
  for (const path of bundles) {
    const bytes = Deno.readFileSync(`${out}/${path}`);
    const { dsseEnvelope } = JSON.parse(new TextDecoder().decode(bytes));
    const { subject } = JSON.parse(atob(dsseEnvelope.payload));
    assertEquals(verifies(bytes, subject), true);
    for (const offset of bytes.keys()) {
      const original = bytes[offset] ?? 0;
      bytes[offset] = original ^ (1 << (offset % 8));
      if (verifies(bytes, subject)) survivors.push(`${path}@${offset}`);
      bytes[offset] = original;
    }
  }
  assertEquals(survivors, []);
});

/** Changes a copy of the release; the codes it must be refused for. */
const TAMPERED: [
  string,
  (out: string, other: string, place: Workplace) => void | Promise<void>,
  string,
][] = [
  [
    "a file more",
    (out) => Deno.writeTextFileSync(`${out}/extra`, ""),
    "file-not-listed",
  ],
  [
    "a signature more",
    (out) =>
      Deno.copyFileSync(
        `${out}/SHA256SUMS.sigstore.json`,
        `${out}/extra.sigstore.json`,
      ),
    "file-not-listed",
  ],
  [
    "an archive more",
    (out) =>
      Deno.copyFileSync(
        `${out}/script-1.0.0-any.tar.gz`,
        `${out}/script-1.0.0-more.tar.gz`,
      ),
    "file-not-listed",
  ],
  [
    "an empty directory",
    (out) => Deno.mkdirSync(`${out}/empty`),
    "file-not-allowed",
  ],
  [
    "a link to a good file",
    (out) => {
      Deno.renameSync(`${out}/report.md`, `${out}/../report.md`);
      Deno.symlinkSync("../report.md", `${out}/report.md`);
    },
    "file-not-allowed",
  ],
  [
    "a name that differs in case alone",
    (out) => Deno.copyFileSync(`${out}/report.md`, `${out}/Report.md`),
    "name-ambiguous",
  ],
  [
    "a name with a direction override",
    (out) => Deno.writeTextFileSync(`${out}/a\u202egnp.exe`, ""),
    "name-ambiguous",
  ],
  [
    "the archive missing",
    (out) => Deno.removeSync(`${out}/script-1.0.0-any.tar.gz`),
    "file-missing",
  ],
  [
    "the checksum list missing",
    (out) => Deno.removeSync(`${out}/SHA256SUMS`),
    "file-missing",
  ],
  [
    "the list's signature missing",
    (out) => Deno.removeSync(`${out}/SHA256SUMS.sigstore.json`),
    "file-missing",
  ],
  [
    "the decision missing",
    (out) => Deno.removeSync(`${out}/attestations/decision.sigstore.json`),
    "file-missing",
  ],
  [
    "a statement missing",
    (out) =>
      Deno.removeSync(
        `${out}/attestations/any/artifact.comparison.sigstore.json`,
      ),
    "file-missing",
  ],
  [
    "everything missing",
    (out) => {
      for (const path of filesOf(out)) Deno.removeSync(`${out}/${path}`);
    },
    "file-missing",
  ],
  [
    "another line in the list",
    (out) => append(`${out}/SHA256SUMS`, `${"0".repeat(64)}  zzz\n`),
    "file-missing",
  ],
  [
    "a line twice in the list",
    (out) =>
      edit(`${out}/SHA256SUMS`, (text) => `${text.split("\n")[0]}\n${text}`),
    "checksums-invalid",
  ],
  [
    "a line of the list that leads out",
    (out) => append(`${out}/SHA256SUMS`, `${"0".repeat(64)}  ../key.pem\n`),
    "checksums-invalid",
  ],
  [
    "a list with CRLF",
    (out) => edit(`${out}/SHA256SUMS`, (text) => text.replaceAll("\n", "\r\n")),
    "checksums-invalid",
  ],
  [
    "a list with a byte order mark",
    (out) => edit(`${out}/SHA256SUMS`, (text) => `\ufeff${text}`),
    "checksums-invalid",
  ],
  [
    "a list with one line less",
    (out) =>
      edit(
        `${out}/SHA256SUMS`,
        (text) => text.split("\n").slice(1).join("\n"),
      ),
    "file-not-listed",
  ],
  [
    "the decision of another release",
    (out, other) => swap(out, other, "attestations/decision.sigstore.json"),
    "subject-mismatch",
  ],
  [
    "a statement of another release",
    (out, other) =>
      swap(out, other, "attestations/any/artifact.provenance.sigstore.json"),
    "subject-mismatch",
  ],
  [
    "provenance in the place of the comparison",
    (out) =>
      Deno.copyFileSync(
        `${out}/attestations/any/artifact.provenance.sigstore.json`,
        `${out}/attestations/any/artifact.comparison.sigstore.json`,
      ),
    "subject-mismatch",
  ],
  [
    "the archive of another release",
    (out, other) => swap(out, other, "script-1.0.0-any.tar.gz"),
    "digest-mismatch",
  ],
  [
    "a softer policy under a list signed again by somebody else",
    async (out, _other, place) => {
      edit(
        `${out}/evidence/reproof.policy.json`,
        (text) => text.replace('"mode":"aot",', ""),
      );
      const list = relist(out);
      using stranger = new Workplace();
      assertEquals(stranger.key === place.key, false);
      Deno.writeFileSync(
        `${out}/SHA256SUMS.sigstore.json`,
        await signBlob(list, loadSigningKey(stranger.key)),
      );
    },
    "signer-unexpected",
  ],
  [
    "another policy, list and signature by the right key",
    async (out, _other, place) => {
      edit(
        `${out}/evidence/reproof.policy.json`,
        (text) => text.replace('"mode":"aot",', ""),
      );
      Deno.writeFileSync(
        `${out}/SHA256SUMS.sigstore.json`,
        await signBlob(relist(out), loadSigningKey(place.key)),
      );
    },
    "release-inconsistent",
  ],
  [
    "a report that hides a failed check, list signed by the right key",
    async (out, _other, place) => {
      edit(
        `${out}/report.json`,
        (text) =>
          text.replace('"verdict": "identical"', '"verdict": "different"'),
      );
      Deno.writeFileSync(
        `${out}/SHA256SUMS.sigstore.json`,
        await signBlob(relist(out), loadSigningKey(place.key)),
      );
    },
    "subject-mismatch",
  ],
];

function edit(path: string, change: (text: string) => string): void {
  const before = Deno.readTextFileSync(path);
  const after = change(before);
  assertEquals(after === before, false, `${path} did not change`);
  Deno.writeTextFileSync(path, after);
}

function append(path: string, text: string): void {
  edit(path, (before) => before + text);
}

function swap(out: string, other: string, path: string): void {
  Deno.copyFileSync(`${other}/${path}`, `${out}/${path}`);
}

/** Writes the list again for the files as they are now. */
function relist(out: string): Uint8Array {
  const text = Deno.readTextFileSync(`${out}/SHA256SUMS`).trim().split("\n")
    .map((line) => {
      const path = line.slice(66);
      return `${sha256(Deno.readFileSync(`${out}/${path}`))}  ${path}\n`;
    }).join("");
  Deno.writeTextFileSync(`${out}/SHA256SUMS`, text);
  return new TextEncoder().encode(text);
}

Deno.test("verify refuses what was touched, each for its own reason", async (t) => {
  const { place, out, verify } = await released();
  using _place = place;
  const { out: other } = await place.release(
    place.script(`echo more\n${GOOD_SCRIPT}echo more >> artifact\n`),
    "--seed",
    "2",
  );
  assertEquals((await verify(other)).decision.outcome, "go");
  for (const [index, [name, change, code]] of TAMPERED.entries()) {
    await t.step(name, async () => {
      const copy = `${place.path}/tampered-${index}/release`;
      copyTree(out, copy);
      assertEquals((await verify(copy)).decision.outcome, "go");
      await change(copy, other, place);
      const verification = await verify(copy);
      assertEquals(verification.decision.outcome, "no-go");
      assertStringIncludes(codesOf(verification).join(" "), code);
    });
  }
});

Deno.test("verify judges by the policy that it is given as well", async () => {
  const { place, out } = await released();
  using _place = place;
  const key = Deno.readTextFileSync(place.publicKey);
  const policy = (members: Record<string, unknown>) => {
    const path = `${place.path}/own-${crypto.randomUUID()}.json`;
    Deno.writeTextFileSync(
      path,
      JSON.stringify({
        schemaVersion: 1,
        project: "script",
        resource: "pkg:generic/script",
        targets: { required: ["any"] },
        source: { commit: "optional" },
        reproducibility: { verdict: "identical", isolation: "none" },
        trust: { keys: [{ id: "publisher", publicKey: key }] },
        ...members,
      }),
    );
    return path;
  };
  const { runProgram } = await import("../cli/program.ts");
  const verify = (path: string, now = NOW) =>
    runProgram(["verify", out, "--policy", path, "--now", now]);
  assertEquals((await verify(policy({}))).code, 0);
  const strict = await verify(policy({ source: { commit: "required" } }));
  assertEquals(strict.code, 1);
  assertStringIncludes(strict.stdout, "source-not-committed");
  const more = await verify(policy({ targets: { required: ["any", "x"] } }));
  assertEquals(more.code, 1);
  const late = await verify(policy({
    trust: {
      keys: [{ id: "publisher", publicKey: key, notAfter: "2026-05-31" }],
    },
  }));
  assertEquals(late.code, 1);
  assertStringIncludes(late.stdout, "key-outside-validity");
  const nobody = await verify(policy({ trust: { keys: [] } }));
  assertEquals(nobody.code, 2);
});
