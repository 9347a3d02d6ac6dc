/**
 * A committed project and the surroundings of a workflow that releases it, as
 * GitHub Actions sets them.
 *
 * @module
 */

import { type ProgramRun, runProgram } from "../cli/program.ts";
import { commitAll } from "../git.ts";
import { GOOD_SCRIPT, NOW, type Workplace } from "./project.ts";

/** A small project as one commit, and the variables of a run of its tag. */
export async function committedProject(place: Workplace): Promise<{
  readonly project: string;
  readonly commit: string;
  readonly run: Record<string, string>;
}> {
  // FUSE's archives hold the line that the program prints in a file.
  const project = place.script(`${GOOD_SCRIPT}cp artifact info\n`, {
    recipe: {
      targets: {
        any: {
          build: [{ argv: ["/bin/sh", "build.sh"] }],
          artifacts: [
            { name: "artifact", path: "artifact" },
            { name: "AOT_BUILD_INFO.txt", path: "info", executable: false },
          ],
        },
      },
    },
  });
  const commit = await commitAll(project);
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
  return { project, commit, run };
}

/** Releases it with the document in FUSE's shape. */
export function releaseWithFuse(
  place: Workplace,
  { project, out, env }: {
    readonly project: string;
    readonly out: string;
    readonly env: Record<string, string>;
  },
): Promise<ProgramRun> {
  return runProgram([
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
}
