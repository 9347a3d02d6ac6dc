/**
 * The threats to files, lists, archives and decisions (T20 to T49) against one
 * whole release: each forgery is refused for its own code. Where a signature
 * would hide the forgery, the list is signed again with the right key.
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { gunzipSync, gzipSync } from "node:zlib";
import { renderMarkdown } from "../../release/report/markdown.ts";
import { renderDecision } from "../../release/report/release_text.ts";
import { parseReport } from "../../release/report/release_report.ts";
import { signBlob } from "../../release/sign/sign.ts";
import { loadSigningKey } from "../../release/sign/signing_key.ts";
import { verifyRelease } from "../../release/verification/verification.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { FileReader } from "../../verify/file_reader.ts";
import { sha256 } from "../../verify/digest.ts";
import { formatChecksums } from "../../verify/integrity/checksums.ts";
import { runProgram } from "../cli/program.ts";
import { makeCheck, makePolicy } from "../policy/make.ts";
import { evaluate } from "../../policy/evaluate.ts";
import { GZIP_HEADER } from "../../verify/integrity/pack_archive.ts";
import {
  copyTree,
  exists,
  filesOf,
  GOOD_SCRIPT,
  NOW,
  Workplace,
} from "../release/project.ts";
import { paxEntry, tarArchive, tarEntry } from "../verify/tar_fixture.ts";
import { signAgain } from "./sign_again.ts";

const ARCHIVE = "script-1.0.0-any.tar.gz";

interface Case {
  readonly name: string;
  readonly forge: (out: string, key: string) => void | Promise<void>;
  readonly code: string;
}

/** Writes another list and signs it with the right key. */
async function writeList(
  out: string,
  key: string,
  change: (list: string) => string,
): Promise<void> {
  const path = `${out}/SHA256SUMS`;
  const list = new TextEncoder().encode(change(Deno.readTextFileSync(path)));
  Deno.writeFileSync(path, list);
  Deno.writeFileSync(
    `${path}.sigstore.json`,
    await signBlob(list, loadSigningKey(key)),
  );
}

/** The list of what is there now. */
function honestList(out: string): string {
  return formatChecksums(
    filesOf(out).filter((path) =>
      !path.endsWith(".sigstore.json") && path !== "SHA256SUMS" &&
      !path.endsWith(".jsonl")
    ).map((path) => ({
      path,
      sha256: sha256(Deno.readFileSync(`${out}/${path}`)),
    })),
  );
}

/** Changes the archive and lists it anew. */
function rearchive(change: (bytes: Uint8Array) => Uint8Array) {
  return async (out: string, key: string) => {
    const path = `${out}/${ARCHIVE}`;
    Deno.writeFileSync(path, change(Deno.readFileSync(path)));
    await writeList(out, key, () => honestList(out));
  };
}

/** Compresses as a canonical archive is, whatever the tar stream is. */
function compressed(tar: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(gzipSync(tar, { level: 9 }));
  bytes.set(GZIP_HEADER);
  return bytes;
}

const joined = (a: Uint8Array, b: Uint8Array) => new Uint8Array([...a, ...b]);
const ZERO = "0".repeat(64);
const GOOD = "mode=aot contract=aot-v1\n";
const FILE = tarEntry({ name: "artifact", body: GOOD });

const CASES: readonly Case[] = [
  ...["../evil", "/etc/hostname", "-", "a\\b", "./report.json"].map((
    path,
  ): Case => ({
    name: `T20 a listed name that leads elsewhere: ${path}`,
    forge: (out, key) =>
      writeList(out, key, (list) => `${ZERO}  ${path}\n${list}`),
    code: "checksums-invalid",
  })),
  {
    name: "T20 a link to a file outside in the place of a listed one",
    forge: (out) => {
      Deno.copyFileSync(`${out}/report.md`, `${out}/../report.md`);
      Deno.removeSync(`${out}/report.md`);
      Deno.symlinkSync(`../report.md`, `${out}/report.md`);
    },
    code: "file-not-allowed",
  },
  {
    name: "T21 a comment that names the archive",
    forge: (out, key) => writeList(out, key, (list) => `# ${ARCHIVE}\n${list}`),
    code: "checksums-invalid",
  },
  {
    name: "T22 an extra file",
    forge: (out) => Deno.writeTextFileSync(`${out}/install.sh`, "true\n"),
    code: "file-not-listed",
  },
  {
    name: "T22 a listed file that is missing",
    forge: (out) => Deno.removeSync(`${out}/report.md`),
    code: "file-missing",
  },
  {
    name: "T22 a name twice",
    forge: (out, key) =>
      writeList(
        out,
        key,
        (list) => `${list.split("\n")[0]}\n${list}`,
      ),
    code: "checksums-invalid",
  },
  ...["REPORT.md", "report.md.", "con.txt", "rep\u202eort.md"].map((
    path,
  ): Case => ({
    name: `T23 a name that is another file elsewhere: ${JSON.stringify(path)}`,
    forge: (out) => Deno.writeTextFileSync(`${out}/${path}`, ""),
    code: "name-ambiguous",
  })),
  ...([
    ["CRLF", (list: string) => list.replaceAll("\n", "\r\n")],
    ["a byte order mark", (list: string) => `\ufeff${list}`],
    ["one space", (list: string) => list.replaceAll("  ", " ")],
    [
      "uppercase",
      (list: string) =>
        list.replace(/^[0-9a-f]{64}/, (hex) => hex.toUpperCase()),
    ],
    ["the BSD form", () => `SHA256 (report.md) = ${ZERO}\n`],
    ["no last line feed", (list: string) => list.slice(0, -1)],
  ] as const).map(([name, change]): Case => ({
    name: `T24 a list with ${name}`,
    forge: (out, key) => writeList(out, key, change),
    code: "checksums-invalid",
  })),
  {
    name: "T26 an archive replaced under the same name",
    forge: (out) => Deno.writeFileSync(`${out}/${ARCHIVE}`, gzipSync("x")),
    code: "digest-mismatch",
  },
  {
    name: "T30 bytes after the end of the archive",
    forge: rearchive((bytes) =>
      compressed(joined(gunzipSync(bytes), new Uint8Array(512).fill(65)))
    ),
    code: "archive-not-canonical",
  },
  ...Object.entries({
    "T31 a global path": [paxEntry({ path: "artifact" }, "g"), FILE],
    "T31 a path in a record": [paxEntry({ path: "artifact" }), FILE],
    "T31 a NUL within a name": [tarEntry({ name: "a\0b", body: GOOD })],
    "T32 a size in a record": [paxEntry({ size: "4" }), FILE],
    "T33 a file twice": [FILE, FILE],
    "T33 a link that leads out": [
      tarEntry({ name: "artifact", type: "2", link: "../../etc/passwd" }),
    ],
    "T33 a hard link": [
      FILE,
      tarEntry({ name: "more", type: "1", link: "artifact" }),
    ],
    "T33 a path that leads out": [tarEntry({ name: "../up", body: GOOD })],
    "T33 a device": [tarEntry({ name: "artifact", type: "3" })],
  }).map(([name, entries]): Case => ({
    name,
    forge: rearchive(() => compressed(tarArchive(entries))),
    code: "archive-not-canonical",
  })),
  {
    name: "T34 an archive that expands without end",
    forge: rearchive(() => compressed(new Uint8Array(256 << 20))),
    code: "archive-not-canonical",
  },
  {
    name: "T34 a truncated archive",
    forge: rearchive((bytes) => bytes.subarray(0, bytes.length - 9)),
    code: "archive-not-canonical",
  },
  {
    name: "T35 a second gzip member",
    forge: rearchive((bytes) => joined(bytes, gzipSync(new Uint8Array()))),
    code: "archive-not-canonical",
  },
  {
    name: "T35 bytes after the gzip member",
    forge: rearchive((bytes) => joined(bytes, new Uint8Array(4))),
    code: "archive-not-canonical",
  },
  {
    name: "T42 a signed decision that is not a go",
    forge: (out, key) =>
      signAgain(out, key, {
        report: (report) => {
          report.decision.outcome = "no-go";
        },
        decision: (statement) => {
          statement.predicate.verificationResult = "FAILED";
          statement.predicate.verifiedLevels = ["FAILED"];
          statement.predicate["tag:reproof,2026:decision/v1"].outcome = "no-go";
        },
      }),
    code: "decision-not-confirmed",
  },
  {
    name: "T45 a decision without its evidence",
    forge: (out, key) =>
      signAgain(out, key, {
        report: (report) => {
          report.checks = [];
        },
      }),
    code: "decision-not-confirmed",
  },
  {
    name: "T49 evidence of another commit",
    forge: (out, key) =>
      signAgain(out, key, {
        report: (report) => {
          report.rebuild.source.commit = "c".repeat(40);
        },
      }),
    code: "statement-disagrees",
  },
];

Deno.test("T20 to T49 each forgery of a release is refused for its own code", async (t) => {
  using place = new Workplace();
  const { out, code, stderr } = await place.release(
    place.script(GOOD_SCRIPT),
    "--seed",
    "1",
  );
  assertEquals(code, 0, stderr);
  const key = loadPublicKey(place.publicKey);
  const codesOf = async (directory: string) => {
    const { decision } = await verifyRelease(directory, {
      trust: { kind: "keys", keys: [{ id: "key", key }] },
      policy: null,
      now: new Date(NOW),
    });
    return [decision.outcome, decision.reasons.map((one) => one.code)] as const;
  };
  assertEquals(await codesOf(out), ["go", []]);
  await t.step(
    "an archive packed again alike is no forgery of one",
    async () => {
      const copy = `${place.path}/alike/release`;
      copyTree(out, copy);
      await rearchive((bytes) => compressed(gunzipSync(bytes)))(
        copy,
        place.key,
      );
      const [, codes] = await codesOf(copy);
      assertEquals(
        codes.includes("archive-not-canonical"),
        false,
        codes.join(),
      );
    },
  );
  for (const [index, { name, forge, code }] of CASES.entries()) {
    await t.step(name, async () => {
      const copy = `${place.path}/case-${index}/release`;
      copyTree(out, copy);
      await forge(copy, place.key);
      const [outcome, codes] = await codesOf(copy);
      assertEquals(outcome === "go", false);
      assertEquals(
        codes.includes(code as typeof codes[number]),
        true,
        codes.join(),
      );
    });
  }
});

Deno.test("T25 a file that changes while it is read is refused", () => {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeFileSync(path, new Uint8Array(1 << 20));
    using reader = new FileReader(path);
    reader.read(0, 1);
    Deno.truncateSync(path, 10);
    assertThrows(() => reader.read(0, 1 << 20));
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("T43 a waiver covers its own finding and subject, and only in its days", () => {
  const failed = makeCheck({
    id: "source/commit",
    gate: "source",
    code: "source-not-committed",
    subject: "linux-x64",
    status: "fail",
  });
  const waiver = {
    id: "w",
    finding: "source-not-committed",
    scope: "linux-x64",
    reason: "the host is being replaced",
    owner: "acme",
    expires: "2026-06-30",
  };
  const left = (change: object) =>
    evaluate(
      [failed],
      makePolicy({ waivers: [{ ...waiver, ...change }] }),
      new Date(NOW),
    )
      .reasons.length;
  assertEquals(left({}), 0);
  assertEquals(left({ finding: "target-missing" }), 1);
  assertEquals(left({ scope: "linux-arm64" }), 1);
  assertEquals(left({ expires: "2026-05-31" }), 1);
});

Deno.test("T44 one now decides, and the report names it", async () => {
  using place = new Workplace();
  const { out } = await place.release(place.script(GOOD_SCRIPT), "--seed", "1");
  const report = parseReport(Deno.readFileSync(`${out}/report.json`));
  assertEquals(report.now, new Date(NOW).toISOString());
  const at = (now: string) =>
    runProgram(["verify", out, "--key", place.publicKey, "--now", now]);
  // Two clocks may differ by five minutes, and no more.
  assertEquals((await at("2026-06-01T11:55:00Z")).code, 0);
  const early = await at("2026-06-01T11:54:59Z");
  assertEquals(early.code, 1);
  assertStringIncludes(early.stdout, "[decision-not-confirmed]");
});

Deno.test("T46 an answer of an earlier run is not taken for this one's", async () => {
  using place = new Workplace();
  const project = place.script(GOOD_SCRIPT);
  const release = (out: string) =>
    runProgram([
      ...["release", project, "--key", place.key, "--out", out],
      ...["--now", NOW, "--tag", "v1.0.0"],
    ]);
  const out = `${place.path}/made`;
  assertEquals((await release(out)).code, 0);
  const made = Deno.readTextFileSync(`${out}/SHA256SUMS`);
  // What is there stays as it is, and so does a refusal of that name.
  Deno.mkdirSync(`${place.path}/refused.no-go`);
  for (const there of [out, `${place.path}/refused`]) {
    const again = await release(there);
    assertEquals(again.code, 2, again.stderr);
    assertStringIncludes(again.stderr, "error[output-exists]");
  }
  assertEquals(Deno.readTextFileSync(`${out}/SHA256SUMS`), made);
  assertEquals(exists(`${place.path}/refused`), false);
});

Deno.test("T48 names and messages cannot act in a terminal or in Markdown", async () => {
  using place = new Workplace();
  const { out } = await place.release(place.script(GOOD_SCRIPT), "--seed", "1");
  const report = parseReport(Deno.readFileSync(`${out}/report.json`));
  const hostile = "\x1b[2J\r\n::error::x\u202e[a](javascript:b)<img>|`";
  const forged = {
    ...report,
    project: hostile,
    checks: report.checks.map((check) => ({
      ...check,
      status: "fail" as const,
      subject: hostile,
      observed: hostile,
    })),
  };
  const decided = {
    ...forged,
    decision: evaluate(forged.checks, makePolicy(), new Date(NOW)),
  };
  const text = renderDecision(hostile, decided, { color: false, every: true });
  const markdown = renderMarkdown(decided);
  for (const shown of [text, markdown]) {
    // deno-lint-ignore no-control-regex -- these are what must not appear
    assertEquals(/[\x00-\x09\x0b-\x1f\x7f\u202e]/.test(shown), false);
    assertEquals(/^::/m.test(shown), false);
  }
  assertEquals(markdown.includes("<img>"), false);
  assertEquals(markdown.includes("](javascript"), false);
  assertStringIncludes(text, "\\u{1b}");
});
