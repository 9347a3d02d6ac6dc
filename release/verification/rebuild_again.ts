/**
 * A release held against a rebuild of one's own: the artifacts in the archives
 * are compared with what the source gives here. Three things are told apart:
 * the published bytes are ours; our two builds agree with each other but not
 * with what was published; our own builds do not agree.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { copyChecks } from "../../policy/checks.ts";
import { POLICY, type Policy } from "../../policy/policy.ts";
import type { Check } from "../../verify/check.ts";
import { comparePaths } from "../../verify/compare_paths.ts";
import type { Comparison } from "../../verify/compare/comparison.ts";
import { optionsFor } from "../../verify/compare/tolerance.ts";
import { sha256Reader } from "../../verify/digest.ts";
import { ReproofError, UsageError } from "../../verify/error.ts";
import { FileReader } from "../../verify/file_reader.ts";
import { listDirectory } from "../../verify/integrity/directory.ts";
import { readArchive } from "../../verify/integrity/read_archive.ts";
import { rebuild, type RebuildOptions } from "../../verify/rebuild/rebuild.ts";
import { RECIPE, RECIPE_FILE } from "../../verify/rebuild/recipe.ts";
import { liveTolerances } from "../../policy/tolerances.ts";
import { archiveName, RELEASE_FILES } from "../layout.ts";
import { readDocument, readDocumentBytes } from "../read_document.ts";
import { parseReport } from "../report/release_report.ts";

/** How to rebuild what was published. */
export interface PublishedOptions extends RebuildOptions {
  readonly now: Date;
  /** The consumer's policy; without one that of the release says what holds. */
  readonly policy: Policy | null;
}

/**
 * Rebuilds a source and compares with the published artifacts: every archive
 * is of a target of the source's recipe, every file in it an artifact that was
 * rebuilt or a file that the recipe bundles, with the source's bytes.
 *
 * @param directory The release; its files are verified by the caller.
 * @param source Directory of the recipe.
 * @throws {ReproofError} when there is nothing to rebuild.
 */
export async function publishedChecks(
  directory: string,
  source: string,
  options: PublishedOptions,
): Promise<Check[]> {
  const recipe = readDocument(RECIPE, join(source, RECIPE_FILE));
  const policy = options.policy ?? releasePolicy(directory);
  const allowed = policy === null ? {} : {
    normalizers: policy.reproducibility.normalizers,
    tolerances: liveTolerances(policy, options.now),
  };
  const { files } = listDirectory(directory);
  const targets = new Map(
    Object.keys(recipe.targets).map((target) => [
      archiveName(recipe, target),
      target,
    ]),
  );
  await using rebuilt = await rebuild(source, {
    ...options,
    // The release says which date it was built with; a source without its
    // history could not, and another date gives other bytes.
    sourceDateEpoch: publishedDate(directory),
    compareOptions: allowed,
  });
  const unpacked = await Deno.makeTempDir({ prefix: "reproof-" });
  try {
    const checks: Check[] = rebuilt.result.checks.filter((check) =>
      check.gate === "toolchain" || check.gate === "build"
    );
    if (policy !== null) {
      checks.push(...copyChecks(rebuilt.result.artifacts, policy));
    }
    checks.push(
      ...files.filter((path) => path.endsWith(".tar.gz") && !targets.has(path))
        .map((path) => otherCheck(path, "an archive that the source gives")),
    );
    for (const [archive, target] of targets) {
      const published = files.includes(archive)
        ? await unpack(join(directory, archive), join(unpacked, target))
        : "none";
      if (typeof published === "string") {
        checks.push(otherCheck(archive, "a published archive", published));
        continue;
      }
      const rest = new Map(published);
      for (const artifact of rebuilt.result.artifacts) {
        if (artifact.target !== target) continue;
        rest.delete(artifact.name);
        const ours = rebuilt.outputs.get(`${target}/${artifact.name}`);
        const theirs = published.get(artifact.name);
        const comparison = ours === undefined || theirs === undefined
          ? null
          : await comparePaths(theirs, ours, optionsFor(allowed, artifact));
        checks.push(publishedCheck(`${target}/${artifact.name}`, policy, {
          comparison,
          own: artifact.verdict,
          isPublished: theirs !== undefined,
        }));
      }
      for (const path of recipe.bundle) {
        const theirs = rest.get(path);
        rest.delete(path);
        checks.push(bundledCheck(`${target}/${path}`, {
          ours: digestOf(join(rebuilt.source, path)),
          theirs: theirs === undefined ? null : digestOf(theirs),
        }));
      }
      checks.push(
        ...[...rest.keys()].map((path) =>
          otherCheck(`${target}/${path}`, "a file that the source gives")
        ),
      );
    }
    return checks;
  } finally {
    await Deno.remove(unpacked, { recursive: true });
  }
}

/** The policy of a release; null for one that the caller will refuse. */
function releasePolicy(directory: string): Policy | null {
  try {
    return readDocument(POLICY, join(directory, RELEASE_FILES.policy));
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

/** The source date of a release; none for one that the caller will refuse. */
function publishedDate(directory: string): number | undefined {
  try {
    return parseReport(
      readDocumentBytes(join(directory, RELEASE_FILES.report)),
    ).rebuild.source.sourceDateEpoch;
  } catch (error) {
    if (error instanceof ReproofError) return undefined;
    throw error;
  }
}

function digestOf(path: string): string {
  using reader = new FileReader(path);
  return sha256Reader(reader);
}

/** Something published that a rebuild has nothing to hold against. */
function otherCheck(
  subject: string,
  expected: string,
  observed = "another",
): Check {
  return {
    id: `reproducibility/published/${subject}`,
    gate: "reproducibility",
    code: "published-differs",
    subject,
    status: "fail",
    expected,
    observed,
    evidence: [],
  };
}

function bundledCheck(
  subject: string,
  { ours, theirs }: { readonly ours: string; readonly theirs: string | null },
): Check {
  return {
    id: `reproducibility/published/${subject}`,
    gate: "reproducibility",
    code: "published-differs",
    subject,
    status: theirs === ours ? "pass" : "fail",
    expected: `sha256:${ours}, a file of the source`,
    observed: theirs === null ? "not in the archive" : `sha256:${theirs}`,
    evidence: [],
  };
}

function publishedCheck(
  subject: string,
  policy: Policy | null,
  seen: {
    readonly comparison: Comparison | null;
    readonly own: Comparison["verdict"];
    readonly isPublished: boolean;
  },
): Check {
  const { comparison, own, isPublished } = seen;
  const verdict = comparison?.verdict ?? "unchecked";
  const reached = verdict === "identical" ||
    verdict === "equivalent" &&
      policy?.reproducibility.verdict === "equivalent";
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

/** Unpacks an archive; paths by name, or why it is not canonical. */
async function unpack(
  archive: string,
  into: string,
): Promise<ReadonlyMap<string, string> | string> {
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
    return paths;
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return error.observed ?? error.message;
  } finally {
    open.forEach((file) => file.close());
  }
}
