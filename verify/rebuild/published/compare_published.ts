/**
 * Comparing what was published with what was rebuilt. Our control run stands
 * for the rebuild; whether our two runs agree is another question, and the
 * answer to both is kept apart: a published artifact that differs from two
 * equal rebuilds was not built from this source and recipe, while one that
 * differs from rebuilds that differ among themselves shows nothing yet.
 *
 * @module
 */

import type { Check } from "../../check.ts";
import { UsageError } from "../../error.ts";
import { dotnetStrongName } from "../../normalize/dotnet_strong_name.ts";
import { machoSignature } from "../../normalize/macho_signature.ts";
import { peCertificate } from "../../normalize/pe_certificate.ts";
import type { CompareFunction } from "../compare_runs.ts";
import type { PublishedArtifact, RebuiltArtifact } from "../result.ts";
import { fetchPublished } from "./fetch_published.ts";
import { parsePublishedSource } from "./published_source.ts";

/** What to compare, and how. */
export interface PublishedInput {
  /** Sources as written: `[TARGET/NAME=]SOURCE`. */
  readonly against: readonly string[];
  readonly artifacts: readonly RebuiltArtifact[];
  /** Paths of the control run's artifacts by `TARGET/NAME`. */
  readonly outputs: ReadonlyMap<string, string>;
  readonly compare: CompareFunction;
  /** Directory for what is fetched. */
  readonly into: string;
  readonly signal?: AbortSignal | undefined;
}

/** What came of it. */
export interface PublishedOutcome {
  readonly list: readonly PublishedArtifact[];
  readonly checks: readonly Check[];
}

/**
 * Fetches and compares every source.
 *
 * @throws {UsageError} `usage` for a source that cannot be meant.
 * @throws {ReproofError} `published-not-fetched` and errors of reading.
 */
export async function comparePublished(
  input: PublishedInput,
): Promise<PublishedOutcome> {
  const list: PublishedArtifact[] = [];
  for (const [index, text] of input.against.entries()) {
    const { subject, source } = splitSubject(text, input.artifacts);
    const path = await fetchPublished(parsePublishedSource(source), {
      into: `${input.into}/${index + 1}`,
      signal: input.signal,
    });
    const isFolder = Deno.statSync(path).isDirectory;
    const meant = input.artifacts.filter(({ target, name }) =>
      subject === undefined || subject === `${target}/${name}`
    );
    if (!isFolder && meant.length > 1) {
      throw new UsageError("usage", `Reading the source "${source}"`, {
        expected: "TARGET/NAME= before a file, to tell which artifact it is",
        observed: `a file for ${meant.length} artifacts`,
      });
    }
    for (const artifact of meant) {
      const own = `${artifact.target}/${artifact.name}`;
      const published = isFolder ? inFolder(path, artifact) : path;
      list.push(
        await compareOne(input, { artifact, own, published, source }),
      );
    }
  }
  return { list, checks: list.map(checkOf) };
}

/** Which artifact a source is for: the one named, or all of a directory. */
function splitSubject(
  text: string,
  artifacts: readonly RebuiltArtifact[],
): { subject: string | undefined; source: string } {
  for (const { target, name } of artifacts) {
    const own = `${target}/${name}`;
    if (text.startsWith(`${own}=`)) {
      return { subject: own, source: text.slice(own.length + 1) };
    }
  }
  return { subject: undefined, source: text };
}

/** `DIR/TARGET/NAME`, or `DIR/NAME`. */
function inFolder(
  folder: string,
  { target, name }: RebuiltArtifact,
): string | undefined {
  return [`${folder}/${target}/${name}`, `${folder}/${name}`].find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

async function compareOne(
  input: PublishedInput,
  place: {
    readonly artifact: RebuiltArtifact;
    readonly own: string;
    readonly published: string | undefined;
    readonly source: string;
  },
): Promise<PublishedArtifact> {
  const { artifact, own, published, source } = place;
  const ours = input.outputs.get(own);
  if (ours === undefined || published === undefined) {
    return {
      artifact: own,
      source,
      sha256: null,
      verdict: "unchecked",
      meaning: ours === undefined
        ? "nothing was rebuilt to compare with"
        : "the source holds no such artifact",
      comparison: null,
    };
  }
  const found = await input.compare(published, ours, {
    ...(input.signal === undefined ? {} : { signal: input.signal }),
  });
  const comparison = {
    ...found,
    left: { ...found.left, path: `published/${own}` },
    right: { ...found.right, path: `control/${own}` },
  };
  return {
    artifact: own,
    source,
    sha256: comparison.left.sha256,
    verdict: comparison.verdict,
    meaning: meaningOf(comparison, artifact),
    comparison,
  };
}

/** Normalisers of what is put on an artifact when it is signed. */
const SIGNATURES: ReadonlySet<string> = new Set([
  dotnetStrongName.id,
  machoSignature.id,
  peCertificate.id,
]);

function meaningOf(
  { verdict, differences }: NonNullable<PublishedArtifact["comparison"]>,
  artifact: RebuiltArtifact,
): string {
  const agree = artifact.verdict === "identical" ||
    artifact.verdict === "equivalent";
  switch (verdict) {
    case "identical":
      return agree
        ? "published and rebuilt bytes are the same"
        : "published bytes are those of the control run, though the build does not reproduce";
    case "equivalent": {
      const accounts = [
        ...new Set(differences.map(({ accountedBy }) => accountedBy ?? "")),
      ].sort();
      return accounts.length > 0 && accounts.every((id) => SIGNATURES.has(id))
        ? `only a signature tells published from rebuilt (${
          accounts.join(", ")
        })`
        : "every difference from what was published is accounted for";
    }
    case "different":
      return agree
        ? "our rebuilds agree with each other, and not with what was published"
        : "the build does not reproduce, so a difference from what was published shows nothing yet";
    case "unchecked":
      return "published and rebuilt could not be compared whole";
  }
}

const STATUS = {
  identical: "pass",
  equivalent: "pass",
  different: "fail",
  unchecked: "unchecked",
} as const;

function checkOf(published: PublishedArtifact): Check {
  const { artifact, verdict, sha256, source, meaning } = published;
  return {
    id: `reproducibility/published/${artifact}`,
    gate: "reproducibility",
    code: "published-differs",
    subject: artifact,
    status: STATUS[verdict],
    expected: `what was published (${source})`,
    observed: meaning,
    evidence: sha256 === null
      ? []
      : [{ name: `published ${artifact}`, sha256 }],
  };
}
