/**
 * The files that follow from others: the joined attestations and the bill of
 * materials, their shape, and what happens to changed ones.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { z } from "zod";
import { formatSbom, type SbomInputs } from "../../release/sbom.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { PREDICATE_TYPE } from "../../verify/attest/statement.ts";
import { verifyBundle } from "../../verify/attest/verify_bundle.ts";
import { parseDocument } from "../../verify/document.ts";
import { LOCK } from "../../verify/rebuild/lock.ts";
import { RECIPE } from "../../verify/rebuild/recipe.ts";
import { copyTree, GOOD_SCRIPT, NOW, Workplace } from "./project.ts";

const spdxId = z.string().regex(/^SPDXRef-[A-Za-z0-9.-]+$/);
const no = z.literal("NOASSERTION");

/** What SPDX 2.3 wants of a document (clauses 6, 7 and 11) and we write. */
const SPDX = z.strictObject({
  spdxVersion: z.literal("SPDX-2.3"),
  dataLicense: z.literal("CC0-1.0"),
  SPDXID: z.literal("SPDXRef-DOCUMENT"),
  name: z.string().min(1),
  documentNamespace: z.string().regex(/^[a-z][a-z0-9+.-]*:[^#\s]+$/),
  creationInfo: z.strictObject({
    created: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    creators: z.array(z.string().regex(/^Tool: \S+-\S+$/)).min(1),
    comment: z.string(),
  }),
  documentDescribes: z.array(spdxId).length(1),
  packages: z.array(z.strictObject({
    SPDXID: spdxId,
    name: z.string().min(1),
    versionInfo: z.string(),
    packageFileName: z.string().optional(),
    sourceInfo: z.string().optional(),
    comment: z.string().optional(),
    primaryPackagePurpose: z.enum(["APPLICATION", "ARCHIVE"]),
    downloadLocation: no,
    filesAnalyzed: z.literal(false),
    licenseConcluded: no,
    licenseDeclared: no,
    copyrightText: no,
    checksums: z.array(z.union([
      z.strictObject({
        algorithm: z.literal("SHA256"),
        checksumValue: z.string().regex(/^[0-9a-f]{64}$/),
      }),
      z.strictObject({
        algorithm: z.literal("SHA512"),
        checksumValue: z.string().regex(/^[0-9a-f]{128}$/),
      }),
    ])).length(1).optional(),
    externalRefs: z.array(z.strictObject({
      referenceCategory: z.literal("PACKAGE-MANAGER"),
      referenceType: z.literal("purl"),
      referenceLocator: z.string().startsWith("pkg:"),
    })).optional(),
  })),
  relationships: z.array(z.strictObject({
    spdxElementId: spdxId,
    relationshipType: z.enum(["DESCRIBES", "CONTAINS", "BUILD_TOOL_OF"]),
    relatedSpdxElement: spdxId,
  })),
});

function assertSpdx(text: string): z.infer<typeof SPDX> {
  const document = SPDX.parse(JSON.parse(text));
  const ids = document.packages.map((entry) => entry.SPDXID);
  assertEquals(new Set(ids).size, ids.length);
  for (const { spdxElementId, relatedSpdxElement } of document.relationships) {
    for (const id of [spdxElementId, relatedSpdxElement]) {
      assertEquals(id === "SPDXRef-DOCUMENT" || ids.includes(id), true, id);
    }
  }
  // Every package is reached from the document.
  const reached = new Set(
    document.relationships.flatMap((one) => [
      one.spdxElementId,
      one.relatedSpdxElement,
    ]),
  );
  assertEquals(ids.filter((id) => !reached.has(id)), []);
  return document;
}

Deno.test("the joined attestations and the bill of materials follow from the release", async (t) => {
  using place = new Workplace();
  const { out, code } = await place.release(
    place.script(GOOD_SCRIPT),
    "--seed",
    "1",
  );
  assertEquals(code, 0);
  const lines = Deno.readTextFileSync(`${out}/attestations.intoto.jsonl`);

  await t.step("each line is a bundle that verifies", () => {
    const key = loadPublicKey(place.publicKey);
    const bundles = lines.trimEnd().split("\n");
    assertEquals(bundles.length, 6);
    for (const line of bundles) {
      const payload = JSON.parse(atob(JSON.parse(line).dsseEnvelope.payload));
      const { status } = verifyBundle(new TextEncoder().encode(line), {
        name: "line",
        trust: { kind: "keys", keys: [{ id: "key", key }] },
        expect: {
          kind: "statement",
          predicateTypes: Object.values(PREDICATE_TYPE),
          subjects: payload.subject,
          rule: "exactly",
        },
        now: new Date(NOW),
        foreign: true,
      });
      assertEquals(status, "verified");
    }
  });

  await t.step(
    "the bill of materials is SPDX 2.3 and names the archive",
    () => {
      const document = assertSpdx(
        Deno.readTextFileSync(`${out}/sbom.spdx.json`),
      );
      assertEquals(
        document.packages.map((entry) => entry.name),
        ["script", "script-1.0.0-any.tar.gz", "any/artifact", "deno"],
      );
    },
  );

  await t.step("changed ones are refused", async () => {
    const path = "attestations.intoto.jsonl";
    const [first, second, third] = lines.trimEnd().split("\n");
    const cases: [string, string | null][] = [
      ["a line less", `${first}\n${second}\n`],
      ["a line twice", `${lines}${first}\n`],
      ["another order", `${second}\n${first}\n${third}\n`],
      ["an empty line", `${lines}\n`],
      ["nothing", ""],
      ["no file", null],
    ];
    for (const [name, text] of cases) {
      const copy = `${place.path}/copy-${name.replaceAll(" ", "-")}`;
      copyTree(out, copy);
      if (text === null) Deno.removeSync(`${copy}/${path}`);
      else Deno.writeTextFileSync(`${copy}/${path}`, text);
      const run = await place.verify(copy);
      assertEquals(run.code, 1, name);
      assertStringIncludes(run.stdout, path);
    }
  });
});

Deno.test("the bill of materials knows every kind of pin", () => {
  const recipe = parseDocument(
    RECIPE,
    JSON.stringify({
      schemaVersion: 1,
      name: "tool",
      version: "1.0.0",
      toolchains: {
        asc: { npm: "@scope/asc@1.2.3", lockFile: "deno.lock" },
        go: { executable: "go" },
        deno: { executable: "deno", pin: "version" },
      },
      targets: {
        linux: {
          build: [{ argv: ["true"] }],
          artifacts: [{ name: "tool", path: "tool" }],
        },
      },
    }),
    "recipe",
  );
  const lock = parseDocument(
    LOCK,
    JSON.stringify({
      schemaVersion: 1,
      host: null,
      toolchains: {
        asc: {
          pin: "npm",
          version: "1.2.3",
          integrity: `sha512-${"A".repeat(86)}==`,
        },
        deno: { pin: "version", version: "2.9.6" },
      },
    }),
    "lock",
  );
  const report = {
    program: "reproof 0.1.0",
    project: "tool",
    version: "1.0.0",
    resource: "pkg:generic/tool@1.0.0",
    subjects: [],
    inputs: { recipeSha256: "", lockSha256: "", policySha256: "" },
    rebuild: {
      source: {
        commit: "c".repeat(40),
        treeSha256: "d".repeat(64),
        sourceDateEpoch: 1767225600,
      },
      artifacts: [{ target: "linux", name: "tool", sha256: null }],
    },
  } as unknown as SbomInputs["report"];
  const document = assertSpdx(formatSbom({ recipe, lock, report }));
  assertEquals(
    document.packages.map((entry) => entry.externalRefs?.[0]?.referenceLocator),
    [
      "pkg:generic/tool@1.0.0",
      undefined,
      "pkg:npm/%40scope/asc@1.2.3",
      undefined,
    ],
  );
  assertEquals(document.packages[0]?.sourceInfo, `commit ${"c".repeat(40)}`);
  assertEquals(document.creationInfo.created, "2026-01-01T00:00:00Z");
});
