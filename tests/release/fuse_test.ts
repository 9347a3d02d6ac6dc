/**
 * `release-provenance.json` in FUSE's shape: written on request, signed, and
 * held against the release.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { signBlob } from "../../release/sign/sign.ts";
import { loadSigningKey } from "../../release/sign/signing_key.ts";
import { toolTest } from "../tool.ts";
import { committedProject, releaseWithFuse } from "./fuse_project.ts";
import { copyTree, exists, Workplace } from "./project.ts";

const FILE = "release-provenance.json";

toolTest(
  "release --fuse states the workflow run, and verify holds it to that",
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
    const text = Deno.readTextFileSync(`${out}/${FILE}`);

    await t.step("its members are FUSE's, in FUSE's order", () => {
      const document = JSON.parse(text);
      assertEquals(Object.keys(document), [
        "schemaVersion",
        "generatedAtUtc",
        "sourceDateEpoch",
        "repository",
        "ref",
        "tag",
        "commit",
        "workflow",
        "artifacts",
        "sboms",
        "checksums",
      ]);
      assertEquals(document.workflow, {
        name: "Release",
        path: ".github/workflows/release.yml",
        ref: "refs/tags/v1.0.0",
        event: "push",
        actor: "alice",
        runId: "123456789012",
        runAttempt: 2,
      });
      assertEquals(document.commit, commit);
      assertEquals(Object.keys(document.artifacts[0]), [
        "name",
        "sha256",
        "size",
      ]);
    });

    await t.step("it verifies, and no change to it does", async () => {
      const good = await place.verify(out);
      assertEquals(good.code, 0, good.stdout + good.stderr);
      const sign = async (copy: string, changed: string) => {
        const bytes = new TextEncoder().encode(changed);
        Deno.writeFileSync(`${copy}/${FILE}`, bytes);
        Deno.writeFileSync(
          `${copy}/${FILE}.sigstore.json`,
          await signBlob(bytes, loadSigningKey(place.key)),
        );
      };
      const changes: [
        string,
        (copy: string) => void | Promise<void>,
        string,
      ][] = [
        [
          "removed",
          (copy) => Deno.removeSync(`${copy}/${FILE}`),
          "file-missing",
        ],
        [
          "unsigned",
          (copy) => Deno.removeSync(`${copy}/${FILE}.sigstore.json`),
          "file-missing",
        ],
        [
          "changed",
          (copy) =>
            Deno.writeTextFileSync(
              `${copy}/${FILE}`,
              text.replace("alice", "bob"),
            ),
          "artifact-digest-mismatch",
        ],
        [
          "of another commit",
          (copy) => sign(copy, text.replace(commit, "0".repeat(40))),
          "release-inconsistent",
        ],
        [
          "with a member more",
          (copy) => sign(copy, text.replace("{", '{"x":1,')),
          "release-inconsistent",
        ],
      ];
      for (const [name, change, code] of changes) {
        const copy = `${place.path}/copy-${name.replaceAll(" ", "-")}`;
        copyTree(out, copy);
        await change(copy);
        const refused = await place.verify(copy);
        assertEquals(refused.code, 1, name);
        assertStringIncludes(refused.stdout, `[${code}]`, name);
      }
    });

    await t.step(
      "a release that says nothing of it may not hold one",
      async () => {
        const plain = await place.release(project, "--seed", "1");
        assertEquals(plain.code, 0, plain.stderr);
        Deno.writeTextFileSync(`${plain.out}/${FILE}`, text);
        const refused = await place.verify(plain.out);
        assertEquals(refused.code, 1);
        assertStringIncludes(refused.stdout, "[file-not-listed]");
      },
    );
  },
);
