/**
 * in-toto Statement v1 (in-toto attestation framework, spec/v1/statement.md):
 * which files are meant, and what is said of them. The reader is stricter than
 * the specification where laxness has two meanings: every subject has a unique
 * name and exactly one digest, a SHA-256 in lowercase, and there is no member
 * beside the four of the specification.
 *
 * @module
 */

import { z } from "zod";
import { type DocumentKind, parseDocument } from "../document.ts";
import type { Json } from "../strict_json.ts";
import { canonicalJson } from "./canonical_json.ts";

/** Type of a statement. */
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

/** DSSE payload type of a statement. */
export const STATEMENT_PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** Predicate types that we write and read. */
export const PREDICATE_TYPE = {
  /** SLSA provenance: a run, or the comparison of two. */
  provenance: "https://slsa.dev/provenance/v1",
  /** in-toto test result: what was checked. */
  testResult: "https://in-toto.io/attestation/test-result/v0.1",
  /** in-toto release: which files it consists of. */
  release: "https://in-toto.io/attestation/release/v0.1",
  /** SLSA verification summary: the decision. */
  verificationSummary: "https://slsa.dev/verification_summary/v1",
  /** A rollback drill: ours, for nobody has one. */
  rollbackDrill: "tag:reproof,2026:rollback-drill/v1",
  /** What a builder on another machine hands in: ours, as well. */
  supply: "tag:reproof,2026:supply/v1",
} as const;

const subjectSchema = z.strictObject({
  name: z.string().min(1).max(1024),
  digest: z.strictObject({
    sha256: z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in lowercase"),
  }),
});

const statementSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE, `"${STATEMENT_TYPE}"`),
  subject: z.array(subjectSchema).min(1, "at least one subject").refine(
    (subjects) =>
      new Set(subjects.map((subject) => subject.name)).size === subjects.length,
    "subjects with unique names",
  ),
  predicateType: z.string().min(1),
  predicate: z.record(z.string(), z.unknown()),
});

/** One file that a statement is about. */
export interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

/** A statement about files. */
export interface Statement {
  readonly _type: typeof STATEMENT_TYPE;
  readonly subject: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: { readonly [key: string]: Json };
}

const STATEMENT: DocumentKind<z.infer<typeof statementSchema>> = {
  schema: statementSchema,
  code: "statement-invalid",
};

/**
 * Parses a statement strictly.
 *
 * @param what Name of the statement for messages.
 * @throws {UsageError} `statement-invalid` or `json-invalid`, with the place.
 */
export function parseStatement(payload: Uint8Array, what: string): Statement {
  return parseDocument(STATEMENT, payload, what) as Statement;
}

/** Makes a statement; subjects are sorted by name. */
export function makeStatement(
  subjects: readonly Subject[],
  predicateType: string,
  options: { readonly predicate: Statement["predicate"] },
): Statement {
  return {
    _type: STATEMENT_TYPE,
    subject: subjects.toSorted((a, b) => a.name < b.name ? -1 : 1),
    predicateType,
    predicate: options.predicate,
  };
}

/**
 * The bytes of a statement: canonical JSON, read back before they are given.
 *
 * @throws {UsageError} `statement-invalid` when it is not one we would accept.
 */
export function serializeStatement(statement: Statement): Uint8Array {
  const bytes = new TextEncoder().encode(
    canonicalJson(statement as unknown as Json),
  );
  parseStatement(bytes, "a new statement");
  return bytes;
}
