/**
 * What came before this release: the sizes of the previous one, which must
 * verify by the trust of the signer, the build times recorded so far, and the
 * drill of going back. All are read and refused before anything is built.
 *
 * @module
 */

import { join } from "@std/path";
import type { DrillEvidence } from "../../policy/rollback_checks.ts";
import { UsageError } from "../../verify/error.ts";
import { footprint } from "../../verify/size/footprint.ts";
import { MemoryReader } from "../../verify/reader.ts";
import {
  BUILD_TIMES,
  type BuildTimes,
  type PreviousSizes,
} from "../baseline_documents.ts";
import { RELEASE_FILES } from "../layout.ts";
import { readDocument, readDocumentBytes } from "../read_document.ts";
import { readDrill } from "../rollback/read_drill.ts";
import { verifyRelease } from "../verification/verification.ts";
import type { GateInputs } from "./inputs.ts";

/** What came before. */
export interface Baseline {
  /** Null when no previous release was given. */
  readonly previous: PreviousSizes | null;
  readonly history: BuildTimes;
  /** The rollback drill. */
  readonly drill: DrillEvidence;
  /** Its bundle; null without one. */
  readonly drillBundle: Uint8Array | null;
}

/**
 * Reads what came before.
 *
 * @throws {UsageError} for a previous release that does not verify or is of
 * another project, a history that cannot be read, a drill that does not verify,
 * or any that no section of the policy asks for.
 */
export async function readBaseline(
  inputs: GateInputs,
  options: {
    /** Directory of the previous release. */
    readonly previous: string | undefined;
    /** File of build times; without one, those of the previous release. */
    readonly history: string | undefined;
    /** Bundle of a rollback drill. */
    readonly drill: string | undefined;
    readonly now: Date;
  },
): Promise<Baseline> {
  const project = inputs.recipe.value.name;
  const { budget, rollback } = inputs.policy.value;
  const { previous, history } = options;
  const unasked = budget === undefined && history !== undefined
    ? "budget"
    : rollback === undefined && options.drill !== undefined
    ? "rollback"
    : budget === undefined && rollback === undefined && previous !== undefined
    ? "budget or rollback"
    : null;
  if (unasked !== null) {
    throw refused("Reading what came before", {
      expected: `a policy with a section ${unasked}`,
      observed: "none",
    });
  }
  const drillBundle = options.drill === undefined
    ? null
    : readDocumentBytes(options.drill);
  const now = inputs.signer.verifiedAt(options.now);
  const drill = readDrill(drillBundle, {
    trust: inputs.signer.trust,
    deny: inputs.policy.value.deny,
    now,
    decidedAt: now,
    targets: Object.keys(inputs.recipe.value.targets),
  });
  if (drill.kind === "invalid") {
    throw new UsageError("rollback-invalid", `Reading "${options.drill}"`, {
      expected: "a drill that verifies by the signer's trust",
      observed: drill.reason,
    });
  }
  const none: BuildTimes = { schemaVersion: 1, project, builds: [] };
  const sizes = previous === undefined
    ? null
    : await readPrevious(previous, inputs, options.now);
  const recorded = history ??
    (previous === undefined
      ? undefined
      : existing(join(previous, RELEASE_FILES.buildTimes)));
  const builds = recorded === undefined
    ? none
    : readDocument(BUILD_TIMES, recorded);
  if (builds.project !== project) {
    throw refused(`Reading "${recorded}"`, {
      expected: `build times of "${project}"`,
      observed: `"${builds.project}"`,
    });
  }
  return { previous: sizes, history: builds, drill, drillBundle };
}

async function readPrevious(
  directory: string,
  inputs: GateInputs,
  now: Date,
): Promise<PreviousSizes> {
  const artifacts = new Map<string, PreviousSizes["artifacts"][number]>();
  const verification = await verifyRelease(directory, {
    trust: inputs.signer.trust,
    policy: null,
    now: inputs.signer.verifiedAt(now),
    onMember: ({ archive, member, bytes }) => {
      artifacts.set(`${archive}/${member.path}`, {
        target: archive,
        name: member.path,
        ...footprint(new MemoryReader(bytes)),
      });
    },
  });
  const { release, decision, subjects } = verification;
  const doing = `Verifying the previous release "${directory}"`;
  const { name } = inputs.recipe.value;
  if (decision.outcome !== "go" || release === null) {
    const first = decision.reasons[0];
    throw refused(doing, {
      expected: "a release that verifies by the signer's trust",
      observed: first === undefined
        ? decision.outcome
        : `${first.code} (${first.subject})`,
    });
  }
  if (release.project !== name) {
    throw refused(doing, {
      expected: `a release of "${name}"`,
      observed: `"${release.project}"`,
    });
  }
  const targets = new Map(
    subjects.map((subject) => [subject.name, subject.target]),
  );
  return {
    schemaVersion: 1,
    project: name,
    version: release.version,
    checksumsSha256: release.checksumsSha256 ?? "",
    artifacts: [...artifacts.values()].flatMap((artifact) => {
      const target = targets.get(artifact.target);
      return target === undefined ? [] : [{ ...artifact, target }];
    }),
  };
}

function existing(path: string): string | undefined {
  try {
    return Deno.statSync(path).isFile ? path : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function refused(
  doing: string,
  details: { readonly expected: string; readonly observed: string },
): UsageError {
  return new UsageError("baseline-invalid", doing, details);
}
