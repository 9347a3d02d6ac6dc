/**
 * `release-provenance.json` in FUSE's shape: written on request, signed, and
 * held against the release.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { signBlob } from "../../release/sign/sign.ts";
import { loadSigningKey } from "../../release/sign/signing_key.ts";
import { runProgram } from "../cli/program.ts";
import { toolTest } from "../tool.ts";
import { copyTree, exists, GOOD_SCRIPT, NOW, Workplace } from "./project.ts";

const FILE = "release-provenance.json";

async function git(cwd: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["-c", "user.name=A", "-c", "user.email=a@example.org", ...args],
    cwd,
    env: {
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_SYSTEM: "/dev/null",
      GIT_AUTHOR_DATE: "2026-03-01T00:00:00Z",
      GIT_COMMITTER_DATE: "2026-03-01T00:00:00Z",
    },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout).trim();
}

toolTest(
  "release --fuse states the workflow run, and verify holds it to that",
  ["git"],
  async (t) => {
    using place = new Workplace();
    const project = place.script(GOOD_SCRIPT);
    await git(project, "init", "--quiet");
    await git(project, "add", ".");
    await git(project, "commit", "--quiet", "-m", "one");
    const commit = await git(project, "rev-parse", "HEAD");
    const out = `${place.path}/released`;
    const run = {
      GITHUB_REPOSITORY: "acme/script",
      GITHUB_REF: "refs/tags/v1.0.0",
      GITHUB_SHA: commit,
      GITHUB_WORKFLOW: "Release",
      GITHUB_WORKFLOW_REF:
        "acme/script/.github/workflows/release.yml@refs/tags/v1.0.0",
      GITHUB_EVENT_NAME: "push",
      GITHUB_ACTOR: "alice",
      GITHUB_RUN_ID: "123456789012",
      GITHUB_RUN_ATTEMPT: "2",
    };
    const release = (env: Record<string, string>) =>
      runProgram([
        "release",
        project,
        "--key",
        place.key,
        "--out",
        out,
        "--tag",
        "v1.0.0",
        "--now",
        NOW,
        "--fuse",
      ], env);

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
