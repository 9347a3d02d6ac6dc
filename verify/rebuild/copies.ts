/**
 * Artifacts that no build made: byte for byte a file that both runs were given,
 * out of the source or out of what `prepare` left. Two runs that hand on one
 * file always agree, so their agreement says nothing of how it was built.
 *
 * Found by digest, whatever the file is called. What a build changed in a
 * single byte on the way is not found.
 *
 * @module
 */

import type { Check } from "../check.ts";
import type { RebuiltArtifact } from "./result.ts";
import type { TreeFile } from "./tree.ts";

/** What both runs were given. */
export interface GivenFiles {
  readonly source: readonly TreeFile[];
  readonly prepared: readonly TreeFile[];
}

/** The artifacts, saying of each copy which file it is. */
export function withCopies(
  artifacts: readonly RebuiltArtifact[],
  given: GivenFiles,
): RebuiltArtifact[] {
  const files = new Map(
    // The source has the last word where both hold the bytes.
    (["prepared", "source"] as const).flatMap((tree) =>
      given[tree].filter(({ mode }) => mode !== "120000")
        .map(({ path, sha256 }) => [sha256, { tree, path }] as const)
    ),
  );
  return artifacts.map((artifact) => {
    const copyOf = artifact.sha256 === null
      ? undefined
      : files.get(artifact.sha256);
    return copyOf === undefined ? artifact : { ...artifact, copyOf };
  });
}

/** One check for each copy, for a rebuild that no policy judges. */
export function copyChecks(artifacts: readonly RebuiltArtifact[]): Check[] {
  return artifacts.flatMap((artifact) =>
    artifact.copyOf === undefined
      ? []
      : [{ ...copyCheck(artifact, artifact.copyOf), status: "unchecked" }]
  );
}

/** What there is to say of a copy; whether it may be one is not decided. */
export function copyCheck(
  { target, name }: Pick<RebuiltArtifact, "target" | "name">,
  { tree, path }: NonNullable<RebuiltArtifact["copyOf"]>,
): Omit<Check, "status"> {
  const subject = `${target}/${name}`;
  return {
    id: `reproducibility/copy/${subject}`,
    gate: "reproducibility",
    code: "artifact-copied",
    subject,
    expected: "a file that the build made",
    observed: tree === "source"
      ? `"${path}" of the source, byte for byte`
      : `"${path}" of what prepare left, byte for byte`,
    evidence: [],
  };
}
