/**
 * What a builder on another machine states of the targets that it supplies:
 * from what, by what and in which surroundings it built them, twice; how the
 * two builds compare; and what only its machine could see, which is what the
 * toolchains were, how the steps ended, what the artifacts printed and how the
 * trials went. It judges nothing: whoever decides judges by its own policy, and
 * looks again at everything that the bytes tell.
 *
 * @module
 */

import { z } from "zod";
import type { Tolerance } from "../../verify/compare/comparison.ts";
import type { Check } from "../../verify/check.ts";
import {
  makeStatement,
  PREDICATE_TYPE,
  type Statement,
} from "../../verify/attest/statement.ts";
import { type DocumentKind, parseDocument } from "../../verify/document.ts";
import type { ProbeResult } from "../../verify/metadata/probe.ts";
import { LOCK_FILE } from "../../verify/rebuild/lock.ts";
import {
  ISOLATIONS,
  type PreparedIdentity,
  type RunEvidence,
  type SourceIdentity,
} from "../../verify/rebuild/result.ts";
import type { Json } from "../../verify/strict_json.ts";
import type { Trials } from "../../verify/trial/trial.ts";
import type { RecipeIdentity } from "../statement/rebuild_materials.ts";
import type { ReportedArtifact } from "../report/release_report.ts";
import {
  artifacts,
  checks,
  digest,
  prepared,
  runs,
  source,
  text,
  trials,
} from "../report/reported_facts.ts";

/** What a builder states; the predicate of its statement. */
export interface Supply {
  readonly recipe: {
    readonly name: string;
    readonly version: string;
    readonly digest: { readonly sha256: string };
  };
  /** Every target that it supplies. */
  readonly targets: readonly string[];
  /** When, by its clock. */
  readonly madeAt: string;
  /** Kind of host, such as `darwin aarch64`. */
  readonly host: string;
  /** Name and version of the program that built. */
  readonly program: string;
  readonly lock: { readonly digest: { readonly sha256: string } };
  readonly seed: string;
  readonly source: SourceIdentity;
  readonly prepared?: PreparedIdentity | undefined;
  readonly runs: readonly RunEvidence[];
  readonly artifacts: readonly ReportedArtifact[];
  /** What its comparison was allowed to account for. */
  readonly allowed: {
    readonly normalizers: readonly string[];
    readonly tolerances: readonly Tolerance[];
  };
  /** Checks of the gates `toolchain` and `build`. */
  readonly checks: readonly Check[];
  /** What artifacts printed, by `TARGET/NAME`. */
  readonly probes: Readonly<Record<string, ProbeResult>>;
  /** Null when its policy asks for no trial. */
  readonly trials: Trials | null;
  /** Wall time of the control run by target, in milliseconds. */
  readonly buildMs: Readonly<Record<string, number>>;
}

const supplySchema = z.strictObject({
  recipe: z.strictObject({
    name: text,
    version: text,
    digest: z.strictObject({ sha256: digest }),
  }),
  targets: z.array(text).min(1, "at least one target").refine(
    (names) => new Set(names).size === names.length,
    "each target once",
  ),
  madeAt: z.iso.datetime(),
  host: text.min(1).max(256),
  program: text.max(256),
  lock: z.strictObject({ digest: z.strictObject({ sha256: digest }) }),
  seed: text,
  source,
  prepared,
  runs,
  artifacts,
  allowed: z.strictObject({
    normalizers: z.array(text),
    tolerances: z.array(z.looseObject({
      id: text,
      artifact: text,
      field: text,
      bytesMax: z.int().positive(),
    })),
  }),
  checks,
  probes: z.record(
    text,
    z.strictObject({
      outcome: z.enum([
        "printed",
        "failed",
        "timed-out",
        "limit-reached",
        "not-run",
        "not-runnable",
      ]),
      line: text.nullable(),
      observed: text,
      isolation: z.enum(ISOLATIONS),
    }),
  ),
  trials: trials.nullable(),
  buildMs: z.record(text, z.int().min(0)),
});

const SUPPLY: DocumentKind<z.infer<typeof supplySchema>> = {
  schema: supplySchema,
  code: "supply-invalid",
};

/** Makes the statement: about everything that was built, and the lock. */
export function supplyStatement(supply: Supply): Statement {
  return makeStatement(
    supplySubjects(supply),
    PREDICATE_TYPE.supply,
    {
      predicate: JSON.parse(JSON.stringify(supply)) as { [key: string]: Json },
    },
  );
}

/** What the statement is about: the lock always, so that there is something. */
export function supplySubjects(supply: Supply): Statement["subject"] {
  return [
    ...supply.artifacts.flatMap(({ target, name, sha256 }) =>
      sha256 === null ? [] : [{ name: `${target}/${name}`, digest: { sha256 } }]
    ),
    { name: LOCK_FILE, digest: supply.lock.digest },
  ].sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * Reads what a statement says.
 *
 * @throws {UsageError} `supply-invalid` or `json-invalid`, with the place.
 */
export function readSupply(statement: Statement, what: string): Supply {
  // The schema covers every member that is read from the result.
  return parseDocument(
    SUPPLY,
    JSON.stringify(statement.predicate),
    what,
  ) as unknown as Supply;
}

/** The recipe as the statements about the artifacts name it. */
export function recipeOf({ recipe }: Supply): RecipeIdentity {
  return {
    name: recipe.name,
    version: recipe.version,
    sha256: recipe.digest.sha256,
  };
}
