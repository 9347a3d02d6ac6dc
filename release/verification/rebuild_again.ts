/**
 * A release held against a rebuild of one's own: the artifacts in the archives
 * are compared with what the source gives here. Three things are told apart:
 * the published bytes are ours; our two builds agree with each other but not
 * with what was published; our own builds do not agree.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { POLICY, type Policy } from "../../policy/policy.ts";
import type { Check } from "../../verify/check.ts";
import { comparePaths } from "../../verify/compare_paths.ts";
import type { Comparison } from "../../verify/compare/comparison.ts";
import { FileReader } from "../../verify/file_reader.ts";
import { readArchive } from "../../verify/integrity/read_archive.ts";
import { rebuild, type RebuildOptions } from "../../verify/rebuild/rebuild.ts";
import { RECIPE, RECIPE_FILE } from "../../verify/rebuild/recipe.ts";
import { liveTolerances } from "../gate/judge.ts";
import { archiveName, RELEASE_FILES } from "../layout.ts";
import { readDocument } from "../read_document.ts";

/**
 * Rebuilds a source and compares with the published artifacts.
 *
 * @param directory The release; its files are verified by the caller.
 * @param source Directory of the recipe.
 * @throws {ReproofError} when there is nothing to rebuild or to compare with.
 */
export async function publishedChecks(
  directory: string,
  source: string,
  options: RebuildOptions & { readonly now: Date },
): Promise<Check[]> {
  const recipe = readDocument(RECIPE, join(source, RECIPE_FILE));
  const policy = readDocument(POLICY, join(directory, RELEASE_FILES.policy));
  const allowed = {
    normalizers: policy.reproducibility.normalizers,
    tolerances: liveTolerances(policy, options.now),
  };
  await using rebuilt = await rebuild(source, {
    ...options,
    compareOptions: allowed,
  });
  const unpacked = await Deno.makeTempDir({ prefix: "reproof-" });
  try {
    const checks: Check[] = rebuilt.result.checks.filter((check) =>
      check.gate === "toolchain" || check.gate === "build"
    );
    for (const target of Object.keys(recipe.targets)) {
      const archive = join(directory, archiveName(recipe, target));
      const published = await unpack(archive, join(unpacked, target));
      for (const artifact of rebuilt.result.artifacts) {
        if (artifact.target !== target) continue;
        const ours = rebuilt.outputs.get(`${target}/${artifact.name}`);
        const theirs = published.get(artifact.name);
        const comparison = ours === undefined || theirs === undefined
          ? null
          : await comparePaths(theirs, ours, allowed);
        checks.push(publishedCheck(`${target}/${artifact.name}`, policy, {
          comparison,
          own: artifact.verdict,
          isPublished: theirs !== undefined,
        }));
      }
    }
    return checks;
  } finally {
    await Deno.remove(unpacked, { recursive: true });
  }
}

function publishedCheck(
  subject: string,
  policy: Policy,
  seen: {
    readonly comparison: Comparison | null;
    readonly own: Comparison["verdict"];
    readonly isPublished: boolean;
  },
): Check {
  const { comparison, own, isPublished } = seen;
  const verdict = comparison?.verdict ?? "unchecked";
  const reached = verdict === "identical" ||
    verdict === "equivalent" && policy.reproducibility.verdict === "equivalent";
  const detail = verdict === "identical" || verdict === "equivalent"
    ? `${verdict} to our rebuild`
    : verdict === "different"
    ? own === "identical" || own === "equivalent"
      ? "our two builds agree with each other, but not with what was published"
      : "our own builds do not agree with each other"
    : isPublished
    ? "our build gave nothing to compare with"
    : "not in the archive";
  const first = comparison?.differences.find((difference) =>
    difference.accountedBy === null
  );
  return {
    id: `reproducibility/published/${subject}`,
    gate: "reproducibility",
    code: verdict === "unchecked" ? "not-compared" : "published-differs",
    subject,
    status: reached ? "pass" : verdict === "unchecked" ? "unchecked" : "fail",
    expected: "published bytes that the source gives",
    observed: first === undefined
      ? detail
      : `${detail}; first difference at ${first.path}`,
    evidence: comparison === null ? [] : [
      { name: "published", sha256: comparison.left.sha256 },
      { name: "rebuilt", sha256: comparison.right.sha256 },
    ],
  };
}

/** Unpacks an archive that is canonical; paths by name, none where it is not there. */
async function unpack(
  archive: string,
  into: string,
): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  const open: Deno.FsFile[] = [];
  using reader = new FileReader(archive);
  try {
    await readArchive(reader, (name) => {
      const path = join(into, name);
      Deno.mkdirSync(dirname(path), { recursive: true });
      const file = Deno.openSync(path, { write: true, createNew: true });
      open.push(file);
      paths.set(name, path);
      return (chunk) => {
        let rest = chunk;
        while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
      };
    });
  } finally {
    open.forEach((file) => file.close());
  }
  return paths;
}
