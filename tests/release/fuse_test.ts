/**
 * The documents in FUSE's shapes (`fuse/`): written on request, in the bytes
 * that FUSE's own scripts print, and held against the release.
 *
 * The shapes are those of FUSE's `generate_release_*.sh` of 2026, printed here
 * anew; what its `verify_release_integrity.sh` asks for is asked for below.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { sha256 } from "../../verify/digest.ts";
import { signAgain } from "../attack/sign_again.ts";
import { toolTest } from "../tool.ts";
import { committedProject, releaseWithFuse } from "./fuse_project.ts";
import { copyTree, exists, filesOf, Workplace } from "./project.ts";

const ARCHIVE = "script-1.0.0-any.tar.gz";
const SBOM = "script-1.0.0-any.spdx.json";
const FILE = "fuse/release-provenance.json";

function sized(path: string): { sha256: string; size: number } {
  const bytes = Deno.readFileSync(path);
  return { sha256: sha256(bytes), size: bytes.length };
}

toolTest(
  "release --fuse writes FUSE's documents, and verify holds it to them",
  ["git"],
  async (t) => {
    using place = new Workplace();
    const { project, commit, run } = await committedProject(place);
    const out = `${place.path}/released`;
    const release = (env: Record<string, string>) =>
      releaseWithFuse(place, { project, out, env });

    await t.step(
      "T49 a run of another commit, or of no workflow, states nothing",
      async () => {
        for (
          const [env, code] of [
            [{ ...run, GITHUB_SHA: "0".repeat(40) }, "release-inconsistent"],
            [{ ...run, GITHUB_REF: "refs/heads/main" }, "release-inconsistent"],
            [{ ...run, GITHUB_RUN_ID: "" }, "GITHUB_RUN_ID"],
          ] as const
        ) {
          const refused = await release(env);
          assertEquals(refused.code, 2, refused.stderr);
          assertStringIncludes(refused.stderr, code);
          assertEquals(exists(out), false);
        }
      },
    );

    const made = await release(run);
    assertEquals(made.code, 0, made.stdout + made.stderr);
    const read = (name: string) => Deno.readTextFileSync(`${out}/${name}`);
    const archive = sized(`${out}/${ARCHIVE}`);
    const list = sized(`${out}/fuse/SHA256SUMS`);
    const sbom = sized(`${out}/fuse/${SBOM}`);
    const provenance = sized(`${out}/${FILE}`);

    await t.step("the list names the archives and nothing else", () => {
      assertEquals(
        read("fuse/SHA256SUMS"),
        `${archive.sha256}  ${ARCHIVE}\n`,
      );
    });

    await t.step("the provenance has FUSE's bytes", () => {
      assertEquals(
        read(FILE),
        `{
  "schemaVersion": 1,
  "generatedAtUtc": "2026-03-01T00:00:00Z",
  "sourceDateEpoch": 1772323200,
  "repository": "acme/script",
  "ref": "refs/tags/v1.0.0",
  "tag": "v1.0.0",
  "commit": "${commit}",
  "workflow": {
    "name": "Release",
    "path": ".github/workflows/release.yml",
    "ref": "refs/tags/v1.0.0",
    "event": "push",
    "actor": "alice",
    "runId": "123456789012",
    "runAttempt": 2
  },
  "artifacts": [
    {"name": "${ARCHIVE}", "sha256": "${archive.sha256}", "size": ${archive.size}}
  ],
  "sboms": [
    {"name": "${SBOM}", "subject": "${ARCHIVE}", "sha256": "${sbom.sha256}", "size": ${sbom.size}}
  ],
  "checksums": {
    "name": "SHA256SUMS",
    "sha256": "${list.sha256}",
    "size": ${list.size}
  }
}
`,
      );
    });

    await t.step("the list of everything has FUSE's bytes", () => {
      assertEquals(
        read("fuse/release-artifacts.json"),
        `{
  "generatedAtUtc": "2026-03-01T00:00:00Z",
  "sourceDateEpoch": 1772323200,
  "artifacts": [
    {"name": "${ARCHIVE}", "sha256": "${archive.sha256}", "size": ${archive.size}}
  ],
  "integrityArtifacts": [
    {"name": "SHA256SUMS", "kind": "checksums", "sha256": "${list.sha256}", "size": ${list.size}},
    {"name": "release-provenance.json", "kind": "provenance", "sha256": "${provenance.sha256}", "size": ${provenance.size}},
    {"name": "${SBOM}", "kind": "sbom", "sha256": "${sbom.sha256}", "size": ${sbom.size}, "subject": "${ARCHIVE}"}
  ]
}
`,
      );
    });

    await t.step("the bill of materials is what FUSE's verifier reads", () => {
      const document = JSON.parse(read(`fuse/${SBOM}`));
      assertEquals(document.spdxVersion, "SPDX-2.3");
      assertEquals(document.packages.length, 1);
      assertEquals(document.packages[0].packageFileName, ARCHIVE);
      assertEquals(document.packages[0].checksums, [
        { algorithm: "SHA256", checksumValue: archive.sha256 },
      ]);
      assertEquals(document.relationships[0], {
        spdxElementId: "SPDXRef-DOCUMENT",
        relationshipType: "DESCRIBES",
        relatedSpdxElement: "SPDXRef-Package",
      });
      assertEquals(
        document.files.map((file: { fileName: string }) => file.fileName),
        ["AOT_BUILD_INFO.txt", "artifact"],
      );
    });

    await t.step("it verifies, and no change to it does", async () => {
      const good = await place.verify(out);
      assertEquals(good.code, 0, good.stdout + good.stderr);
      const text = read(FILE);
      const changes: Readonly<
        Record<string, readonly [string, string | null, string]>
      > = {
        "the provenance removed": [FILE, null, "file-missing"],
        "the list removed": ["fuse/SHA256SUMS", null, "file-missing"],
        "another commit": [
          FILE,
          text.replace(commit, "0".repeat(40)),
          "release-inconsistent",
        ],
        "a member more": [
          FILE,
          text.replace("{", '{"x":1,'),
          "release-inconsistent",
        ],
        "another spelling": [
          FILE,
          text.replace('"alice"', '"\\u0061lice"'),
          "release-inconsistent",
        ],
        "another subject": [
          `fuse/${SBOM}`,
          read(`fuse/${SBOM}`).replace(archive.sha256, "0".repeat(64)),
          "release-inconsistent",
        ],
        "another kind": [
          "fuse/release-artifacts.json",
          read("fuse/release-artifacts.json").replace("checksums", "auxiliary"),
          "release-inconsistent",
        ],
        "a file that is none of them": [
          "fuse/more.json",
          "{}\n",
          "release-inconsistent",
        ],
      };
      for (const [name, [path, changed, code]] of Object.entries(changes)) {
        const copy = `${place.path}/copy-${name.replaceAll(" ", "-")}`;
        copyTree(out, copy);
        if (changed === null) Deno.removeSync(`${copy}/${path}`);
        else Deno.writeTextFileSync(`${copy}/${path}`, changed);
        const touched = await place.verify(copy);
        assertEquals(touched.code, 1, name);
        // Even by the right key, with the list signed again.
        await signAgain(copy, place.key);
        const refused = await place.verify(copy);
        assertEquals(refused.code, 1, name);
        assertStringIncludes(refused.stdout, `[${code}]`, name);
      }
    });

    await t.step(
      "a release that says nothing of them may not hold one",
      async () => {
        const plain = await place.release(project, "--seed", "1");
        assertEquals(plain.code, 0, plain.stderr);
        assertEquals(
          filesOf(plain.out).filter((path) => path.startsWith("fuse/")),
          [],
        );
        copyTree(`${out}/fuse`, `${plain.out}/fuse`);
        await signAgain(plain.out, place.key);
        const refused = await place.verify(plain.out);
        assertEquals(refused.code, 1);
        assertStringIncludes(refused.stdout, "[release-inconsistent]");
      },
    );
  },
);
