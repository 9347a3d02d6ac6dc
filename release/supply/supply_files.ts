/**
 * The files of what a builder hands in: exactly those that its statement names,
 * each a regular file with one name everywhere, each with the bytes that were
 * signed. Bytes are hashed from the handle that they are copied from, and only
 * the copies are used from then on.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import type { Check } from "../../verify/check.ts";
import { supplyCheck } from "../../policy/supply_checks.ts";
import { ReproofError } from "../../verify/error.ts";
import { aliasGroups, nameProblem } from "../../verify/integrity/names.ts";
import { readTreeFile } from "../../verify/rebuild/tree.ts";
import { ARTIFACT_STATEMENTS, statementFile, SUPPLY_FILES } from "../layout.ts";
import { logName } from "../verification/step_evidence.ts";
import type { HandedSupply } from "./read_supply.ts";
import type { Supply } from "./supply.ts";

/** A file that a statement names. */
interface NamedFile {
  readonly sha256: string;
  /** Null when nothing says it. */
  readonly size: number | null;
}

/** Files with the digest that a builder signed, by path. */
export function signedFiles(supply: Supply): ReadonlyMap<string, NamedFile> {
  const files = new Map<string, NamedFile>();
  for (const artifact of supply.artifacts) {
    const { target, name, sha256, variedSha256, size } = artifact;
    if (sha256 === null) continue;
    files.set(`${SUPPLY_FILES.artifacts}/${target}/${name}`, { sha256, size });
    if (variedSha256 === null || variedSha256 === sha256) continue;
    files.set(`${SUPPLY_FILES.varied}/${target}/${name}`, {
      sha256: variedSha256,
      size: null,
    });
  }
  for (const { id, targets } of supply.runs) {
    for (const [target, { steps }] of Object.entries(targets)) {
      for (const [index, { logSha256, logBytes }] of steps.entries()) {
        files.set(`${SUPPLY_FILES.logs}/${logName(id, target, index)}`, {
          sha256: logSha256,
          size: logBytes,
        });
      }
    }
  }
  for (const { name, sha256 } of supply.trials?.measured ?? []) {
    files.set(`${SUPPLY_FILES.measured}/${name}`, { sha256, size: null });
  }
  return files;
}

/** Paths of the statements about the artifacts. */
export function statementPaths(supply: Supply): string[] {
  return supply.artifacts.flatMap(({ target, name, sha256, variedSha256 }) =>
    sha256 === null ? [] : ARTIFACT_STATEMENTS
      .filter((kind) => kind !== "varied.provenance" || variedSha256 !== null)
      .map((kind) => statementFile(`${target}/${name}`, kind))
  );
}

/**
 * Copies every signed file into a directory.
 *
 * @param name Of the builder, in the id of the check.
 */
export function copyFiles(
  handed: HandedSupply,
  supply: Supply,
  { name, into }: { readonly name: string; readonly into: string },
): Check {
  const files = signedFiles(supply);
  const wanted = [
    SUPPLY_FILES.statement,
    SUPPLY_FILES.lock,
    ...statementPaths(supply),
    ...files.keys(),
  ];
  const wrong = nameWrong(handed, wanted);
  if (wrong !== null) return supplyCheck(name, "files", wrong);
  for (const [path, { sha256, size }] of files) {
    const copy = join(into, path);
    Deno.mkdirSync(dirname(copy), { recursive: true });
    let found: { readonly sha256: string; readonly size: number };
    try {
      found = readTreeFile(join(handed.path, path), { copyTo: copy });
    } catch (error) {
      if (!(error instanceof ReproofError)) throw error;
      return supplyCheck(name, "files", {
        code: error.code,
        status: "fail",
        expected: `"${path}", as it was signed`,
        observed: error.message,
      });
    }
    if (found.sha256 === sha256 && (size ?? found.size) === found.size) {
      continue;
    }
    return supplyCheck(name, "files", {
      code: "digest-mismatch",
      status: "fail",
      expected: `"${path}" with sha256:${sha256}, as it was signed`,
      observed: `sha256:${found.sha256}, ${found.size} bytes`,
    });
  }
  return supplyCheck(name, "files", {
    code: "digest-mismatch",
    status: "pass",
    expected: "the files that were signed, and no others",
    observed: `${wanted.length} files`,
  });
}

/** What is wrong with the names of the files; null when nothing is. */
function nameWrong(
  { listing }: HandedSupply,
  wanted: readonly string[],
): Parameters<typeof supplyCheck>[2] | null {
  const { files, others } = listing;
  const fail = (
    code: Check["code"],
    expected: string,
    observed: string,
  ) => ({ code, status: "fail", expected, observed }) as const;
  const [other] = others;
  if (other !== undefined) {
    return fail(
      "file-not-allowed",
      "regular files alone",
      `${other.kind} at "${other.path}"`,
    );
  }
  // Names that are signed are those of measured files, which a builder chose.
  for (const path of [...files, ...wanted]) {
    const problem = nameProblem(path);
    if (problem === null) continue;
    return fail(
      "name-ambiguous",
      "names that are one file everywhere",
      `${problem} in "${path}"`,
    );
  }
  const [alias] = aliasGroups(new Set([...files, ...wanted]));
  if (alias !== undefined) {
    return fail(
      "name-ambiguous",
      "names that differ on every system",
      `"${alias.join('" and "')}"`,
    );
  }
  const missing = wanted.find((path) => !files.includes(path));
  if (missing !== undefined) {
    return fail("file-missing", `"${missing}"`, "no file");
  }
  const extra = files.find((path) => !wanted.includes(path));
  return extra === undefined
    ? null
    : fail("file-not-listed", "only files that were signed", `"${extra}"`);
}
