/**
 * Third part of a verification: that the signed content is about the files
 * that the caller holds. A signature that is good says nothing of the bytes
 * beside it; only digests that we computed ourselves bind the two.
 *
 * @module
 */

import { sha256, sha256Reader } from "../digest.ts";
import { ReproofError } from "../error.ts";
import { parseStrictJson } from "../strict_json.ts";
import { decodeBase64 } from "./base64.ts";
import type { BundleDocument } from "./bundle_document.ts";
import type { CheckList, Step } from "./check_list.ts";
import { digestEqual } from "./digest_equal.ts";
import type { VerifiedContent, VerifyBundleOptions } from "./options.ts";
import { parseStatement, type Statement, STATEMENT_TYPE } from "./statement.ts";

/** The steps of this part, in order. */
export const CONTENT_STEPS: readonly Step[] = [
  {
    name: "content",
    code: "content-unexpected",
    expected: "the kind of content that was asked for",
  },
  {
    name: "message-digest",
    code: "artifact-digest-mismatch",
    expected: "the digest of the file that was given",
  },
  {
    name: "statement",
    code: "statement-invalid",
    expected: "an in-toto Statement v1",
  },
  {
    name: "predicate-type",
    code: "predicate-type-unexpected",
    expected: "a predicate type that was asked for",
  },
  {
    name: "subject",
    code: "subject-mismatch",
    expected: "the names and digests of the files that were given",
  },
];

/** What this part works on. */
export interface ContentOptions extends VerifyBundleOptions {
  /** Digest of the bytes whose signature was checked. */
  readonly artifactSha256: string | null;
  readonly checks: CheckList;
}

/** Runs the steps of this part; undefined when one failed. */
export function verifyContent(
  document: BundleDocument,
  options: ContentOptions,
): VerifiedContent | undefined {
  const { expect, checks } = options;
  const kind = document.dsseEnvelope === undefined ? "blob" : "statement";
  checks.record("content", {
    status: expect.kind === kind || expect.kind === "artifact"
      ? "pass"
      : "fail",
    expected: expect.kind === "artifact"
      ? "a statement or the signature of a file"
      : describeKind(expect.kind),
    observed: describeKind(kind),
  });
  return kind === "blob"
    ? verifyBlob(document, options)
    : verifyStatement(document, options);
}

function describeKind(kind: "blob" | "statement"): string {
  return kind === "blob" ? "the signature of a file" : "a statement";
}

function verifyBlob(
  document: BundleDocument,
  { artifactSha256, checks }: ContentOptions,
): VerifiedContent | undefined {
  for (const name of ["statement", "predicate-type", "subject"]) {
    checks.record(name, {
      status: "not-applicable",
      observed: "the signature of a file",
    });
  }
  return checks.run("message-digest", (record) => {
    const ours = artifactSha256 ?? "none";
    const theirs = decodeBase64(
      document.messageSignature?.messageDigest.digest ?? "",
    ).toHex();
    record({
      status: digestEqual(ours, theirs) ? "pass" : "fail",
      expected: ours,
      observed: theirs,
    });
    return { kind: "blob" as const, sha256: ours };
  });
}

function verifyStatement(
  document: BundleDocument,
  options: ContentOptions,
): VerifiedContent | undefined {
  const { name, expect, checks } = options;
  const foreign = options.foreign === true;
  checks.record("message-digest", {
    status: "not-applicable",
    observed: "a statement",
  });
  const payload = decodeBase64(document.dsseEnvelope?.payload ?? "");
  const statement = checks.run("statement", (record) => {
    const parsed = foreign
      ? parseForeignStatement(payload, name)
      : parseStatement(payload, name);
    record({
      status: "pass",
      observed: `${parsed._type}, ${parsed.subject.length} subjects${
        foreign ? ", other members not read in a foreign statement" : ""
      }`,
    });
    return parsed;
  });
  if (statement === undefined) return undefined;
  checks.run("predicate-type", (record) => {
    const wanted = expect.kind === "blob" ? [] : expect.predicateTypes;
    const known = wanted.includes(statement.predicateType);
    record({
      status: known || foreign ? "pass" : "fail",
      expected: foreign ? "any predicate type" : wanted.join(" or ") || "none",
      observed: `${statement.predicateType}${
        known ? "" : foreign ? ", admitted for a foreign bundle" : ""
      }`,
    });
  });
  checks.run("subject", (record) => record(checkSubjects(statement, expect)));
  return {
    kind: "statement",
    statement,
    payload,
    payloadSha256: sha256(payload),
  };
}

function checkSubjects(
  statement: Statement,
  expect: VerifyBundleOptions["expect"],
): { status: "pass" | "fail"; expected: string; observed: string } {
  if (expect.kind !== "statement") {
    const ours = sha256Reader(expect.artifact);
    const found = statement.subject.some((subject) =>
      digestEqual(subject.digest.sha256, ours)
    );
    return {
      status: found ? "pass" : "fail",
      expected: `sha256:${ours}`,
      observed: describeSubjects(statement.subject),
    };
  }
  const stranger = statement.subject.find((subject) =>
    !expect.subjects.some((file) =>
      file.name === subject.name &&
      digestEqual(file.digest.sha256, subject.digest.sha256)
    )
  );
  const complete = expect.rule === "among" ||
    statement.subject.length === expect.subjects.length;
  return {
    status: stranger === undefined && complete && statement.subject.length > 0
      ? "pass"
      : "fail",
    expected: `${expect.rule} ${describeSubjects(expect.subjects)}`,
    observed: describeSubjects(
      stranger === undefined ? statement.subject : [stranger],
    ),
  };
}

function describeSubjects(
  subjects: readonly { name: string; digest: { sha256: string } }[],
): string {
  const shown = subjects.slice(0, 8).map((subject) =>
    `${subject.name} sha256:${subject.digest.sha256}`
  );
  const rest = subjects.length - shown.length;
  return (shown.join(", ") || "nothing") +
    (rest > 0 ? ` and ${rest} more` : "");
}

const FOREIGN_TYPES = [STATEMENT_TYPE, "https://in-toto.io/Statement/v0.1"];

/** Statements of other tools: what we need of them, the rest unread. */
function parseForeignStatement(payload: Uint8Array, what: string): Statement {
  const value = parseStrictJson(payload, what);
  const statement = value as unknown as Statement;
  const readable = value !== null && typeof value === "object" &&
    !Array.isArray(value) && FOREIGN_TYPES.includes(String(value._type)) &&
    typeof value.predicateType === "string" && Array.isArray(value.subject) &&
    value.subject.length > 0;
  if (!readable) {
    throw new ReproofError("statement-invalid", `Reading "${what}"`, {
      expected: `${FOREIGN_TYPES.join(" or ")} with subjects`,
      observed: "something else",
    });
  }
  return {
    ...statement,
    subject: statement.subject.map((subject) => ({
      name: String(subject?.name ?? ""),
      digest: { sha256: String(subject?.digest?.sha256 ?? "") },
    })),
  };
}
