/**
 * The gates that a policy names, judged again from what lies in the release:
 * the bytes of the artifacts and the files kept as evidence. What only the
 * releaser could see, such as where a tag pointed, is taken from the report.
 *
 * @module
 */

import { POLICY, type Policy } from "../../policy/policy.ts";
import type { DrillEvidence } from "../../policy/rollback_checks.ts";
import type { Check } from "../../verify/check.ts";
import { ReproofError } from "../../verify/error.ts";
import { type DocumentKind, parseDocument } from "../../verify/document.ts";
import { type CacheHits, cacheHits } from "../../verify/log/cache_hits.ts";
import { type LogFacts, readLog } from "../../verify/log/read_log.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { RECIPE, type Recipe } from "../../verify/rebuild/recipe.ts";
import {
  type ArtifactMeasures,
  measureArtifact,
} from "../artifact_measures.ts";
import {
  BUILD_TIMES,
  PREVIOUS_SIZES,
  SUPPRESSIONS,
} from "../baseline_documents.ts";
import { gateSourceFiles } from "../gate_files.ts";
import { archiveName, RELEASE_FILES } from "../layout.ts";
import { policyGateChecks } from "../policy_gates.ts";
import { cacheLogs, stepLogs } from "../step_logs.ts";
import { IMAGE_BASES } from "../image_bases.ts";
import type { Documents } from "./documents.ts";
import type {
  Inventory,
  LogVisitor,
  MemberVisitor,
  ReadFile,
} from "./inventory.ts";

/** Measures each artifact of a release while its archive is read. */
export class MemberMeasures {
  readonly #measures = new Map<string, ArtifactMeasures>();
  readonly #logs = new Map<string, LogFacts>();
  readonly #caches = new Map<string, CacheHits>();
  readonly #own: Policy | null;
  #recipe: Recipe | null | undefined;
  #policy: Policy | null | undefined;

  /** @param own Policy of the caller, which may ask for more. */
  constructor(own: Policy | null) {
    this.#own = own;
  }

  /** Looks at one file; given to the inventory. */
  readonly visit: MemberVisitor = ({ archive, member, bytes, documents }) => {
    const policies = this.#read(documents);
    const recipe = this.#recipe;
    if (recipe === null || recipe === undefined) return;
    const target = Object.keys(recipe.targets).find((name) =>
      archiveName(recipe, name) === archive
    );
    this.#measures.set(
      `${archive}/${member.path}`,
      measureArtifact(new MemoryReader(bytes), {
        subject: `${target}/${member.path}`,
        recipe,
        policies,
      }),
    );
  };

  /** Reads recipe and policy once; returns everybody who will judge. */
  #read(documents: ReadonlyMap<string, ReadFile>): Policy[] {
    if (this.#recipe === undefined) {
      this.#recipe = read(RECIPE, documents.get(RELEASE_FILES.recipe)?.bytes);
      this.#policy = read(POLICY, documents.get(RELEASE_FILES.policy)?.bytes);
    }
    return [this.#policy ?? null, this.#own].filter((one) => one !== null);
  }

  /** Looks at one log; given to the inventory. */
  readonly visitLog: LogVisitor = ({ name, reader, documents }) => {
    const policies = this.#read(documents);
    if (this.#recipe === null || this.#recipe === undefined) return;
    const cache = cacheLogs(this.#recipe).get(name);
    if (cache !== undefined) {
      const hits = cacheHits(reader, cache.kind);
      if (hits !== null) this.#caches.set(name, hits);
    }
    if (policies.every(({ warnings }) => warnings === undefined)) return;
    const log = stepLogs(this.#recipe).get(name);
    if (log !== undefined) this.#logs.set(name, readLog(reader, log));
  };

  /** What the logs tell of caches, by file name. */
  get caches(): ReadonlyMap<string, CacheHits> {
    return this.#caches;
  }

  /** What the logs hold, by file name. */
  get logs(): ReadonlyMap<string, LogFacts> {
    return this.#logs;
  }

  /** Measures by `TARGET/NAME`. */
  artifacts(recipe: Recipe): ReadonlyMap<string, ArtifactMeasures> {
    return new Map(
      Object.entries(recipe.targets).flatMap(([target, { artifacts }]) =>
        artifacts.flatMap(({ name }) => {
          const own = this.#measures.get(
            `${archiveName(recipe, target)}/${name}`,
          );
          return own === undefined ? [] : [[`${target}/${name}`, own] as const];
        })
      ),
    );
  }
}

/** Judges every gate that the policy of the documents names. */
export function gatesAgain(
  documents: Documents,
  measures: MemberMeasures,
  { inventory, drill }: {
    readonly inventory: Inventory;
    /** The rollback drill, by the trust of the caller. */
    readonly drill: DrillEvidence;
  },
): Check[] {
  const { report, recipe, policy } = documents;
  if (report === null || recipe === null || policy === null) return [];
  const files = new Map(
    gateSourceFiles(recipe, policy).flatMap((path) => {
      const file = inventory.files.get(`${RELEASE_FILES.sources}/${path}`);
      return file === undefined || file.bytes === null
        ? []
        : [[path, { bytes: file.bytes, sha256: file.sha256 }] as const];
    }),
  );
  return [
    ...policyGateChecks({ recipe, policy }, {
      artifacts: measures.artifacts(recipe),
      files,
      archives: new Map(
        report.subjects.flatMap(({ name, target }) => {
          const size = inventory.files.get(name)?.size;
          return size === undefined ? [] : [[target, size] as const];
        }),
      ),
      previous: read(
        PREVIOUS_SIZES,
        inventory.files.get(RELEASE_FILES.previous)?.bytes,
      ),
      buildTimes: read(
        BUILD_TIMES,
        inventory.files.get(RELEASE_FILES.buildTimes)?.bytes,
      ),
      imageBases: read(
        IMAGE_BASES,
        inventory.files.get(RELEASE_FILES.images)?.bytes,
      ),
      drill,
      now: new Date(report.now),
      logs: measures.logs,
      caches: measures.caches,
      suppressions: read(
        SUPPRESSIONS,
        inventory.files.get(RELEASE_FILES.suppressions)?.bytes,
      ),
    }),
    ...onWord(documents),
  ];
}

/** Where the tag pointed is taken from the report. */
function onWord({ report, policy }: Documents): Check[] {
  if (report === null || policy?.versions?.tag !== "commit") return [];
  const id = `versions/commit/${report.tag}`;
  return [
    report.checks.find((check) => check.id === id) ?? {
      id,
      gate: "versions",
      code: "version-commit",
      subject: report.tag,
      status: "unchecked",
      expected: "a check of the tag when it was released",
      observed: "none in the report",
      evidence: [],
    },
  ];
}

function read<T>(
  kind: DocumentKind<T>,
  bytes: Uint8Array | null | undefined,
): T | null {
  if (!bytes) return null;
  try {
    return parseDocument(kind, bytes, "a document of the release");
  } catch (error) {
    // A document that others need is reported by its own check.
    if (error instanceof ReproofError) return null;
    throw error;
  }
}
