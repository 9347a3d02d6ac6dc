/**
 * The gate `versions`: tag, commit, package manifests, changelog and what the
 * artifacts say name one version, that of the recipe.
 *
 * Nothing is looked for: the recipe names the manifests and the changelog, and
 * a release whose recipe names none has nothing that agrees, so the gate stays
 * without a passed check. A version that a manifest does not give in so many
 * words is unchecked.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import { changelogSection } from "../verify/version/changelog.ts";
import { manifestVersion } from "../verify/version/manifest.ts";
import type { Policy } from "./policy.ts";

/** What the gate looks at. */
export interface VersionFacts {
  /** Version of the recipe. */
  readonly version: string;
  /** Manifests and changelog as the recipe names them. */
  readonly manifests: readonly string[];
  readonly changelog: string | null;
  /** Bytes of those files; one that the source does not hold is not there. */
  readonly files: ReadonlyMap<
    string,
    { readonly bytes: Uint8Array; readonly sha256: string }
  >;
  /** Versions that the artifacts say; null where one says none. */
  readonly embedded: readonly {
    readonly subject: string;
    readonly version: string | null;
  }[];
}

/** Checks of the gate; none when the policy does not name it. */
export function versionChecks(facts: VersionFacts, policy: Policy): Check[] {
  if (policy.versions === undefined) return [];
  const { version, manifests } = facts;
  return [
    ...manifests.map((path) => manifestCheck(path, facts)),
    ...(manifests.length >= policy.versions.manifestsMin ? [] : [
      check("manifests", "recipe", {
        code: "version-unread",
        status: "unchecked",
        expected: `${policy.versions.manifestsMin} manifests in the recipe`,
        observed: manifests.length === 0 ? "none" : manifests.join(", "),
      }),
    ]),
    ...(policy.versions.changelog ? [changelogCheck(facts)] : []),
    ...facts.embedded.map((artifact) =>
      check("embedded", artifact.subject, {
        code: "version-embedded",
        status: artifact.version === null
          ? "unchecked"
          : artifact.version === version
          ? "pass"
          : "fail",
        expected: version,
        observed: artifact.version ?? "no version",
      })
    ),
  ];
}

/**
 * Whether the tag points at the commit that was built.
 *
 * @param tagged Commit of the tag, or why there is none.
 */
export function tagCommitCheck(
  tag: string,
  commit: string | null,
  tagged: { readonly commit: string } | { readonly reason: string },
): Check {
  const known = commit !== null && "commit" in tagged;
  return check("commit", tag, {
    code: "version-commit",
    status: !known ? "unchecked" : tagged.commit === commit ? "pass" : "fail",
    expected: commit === null
      ? "a clean commit that the tag points at"
      : `the commit that was built, ${commit}`,
    observed: "commit" in tagged
      ? `the tag points at ${tagged.commit}`
      : tagged.reason,
  });
}

function manifestCheck(path: string, facts: VersionFacts): Check {
  const file = facts.files.get(path);
  const { version } = facts;
  if (file === undefined) return missing("manifest", path);
  const evidence = [{ name: path, sha256: file.sha256 }];
  const says = manifestVersion(path, file.bytes);
  switch (says.kind) {
    case "unknown":
      return check("manifest", path, {
        code: "version-unread",
        status: "unchecked",
        expected: `a version that can be read, ${version}`,
        observed: says.reason,
        evidence,
      });
    case "version":
      return check("manifest", path, {
        code: "version-manifest",
        status: says.version === version ? "pass" : "fail",
        expected: version,
        observed: says.version,
        evidence,
      });
    case "major": {
      const major = version.split(".")[0] ?? "";
      const own = major === "0" || major === "1" ? "0 or 1" : major;
      return check("manifest", path, {
        code: "version-manifest",
        status: says.major === own ? "pass" : "fail",
        expected: `major version ${own}`,
        observed: `major version ${says.major}`,
        evidence,
      });
    }
  }
}

function changelogCheck(facts: VersionFacts): Check {
  const { changelog, version } = facts;
  if (changelog === null) {
    return check("changelog", "recipe", {
      code: "version-unread",
      status: "unchecked",
      expected: "a changelog in the recipe",
      observed: "none",
    });
  }
  const file = facts.files.get(changelog);
  if (file === undefined) return missing("changelog", changelog);
  const section = changelogSection(
    new TextDecoder().decode(file.bytes),
    version,
  );
  return check("changelog", changelog, {
    code: "version-changelog",
    status: section.headings === 1 && section.lines > 0 ? "pass" : "fail",
    expected: `one section about ${version}, with text`,
    observed: section.headings === 1
      ? `one with ${section.lines} lines`
      : `${section.headings} sections`,
    evidence: [{ name: changelog, sha256: file.sha256 }],
  });
}

function missing(what: string, path: string): Check {
  return check(what, path, {
    code: "version-unread",
    status: "unchecked",
    expected: "a file of the source",
    observed: "no file",
  });
}

function check(
  what: string,
  subject: string,
  details:
    & Pick<Check, "code" | "status" | "expected" | "observed">
    & Partial<Pick<Check, "evidence">>,
): Check {
  return {
    id: `versions/${what}/${subject}`,
    gate: "versions",
    subject,
    evidence: [],
    ...details,
  };
}
