/**
 * A publisher who lies: a release is changed and everything in it is signed
 * again with the right key, so that only what contradicts itself can show.
 *
 * @module
 */

import type { Statement } from "../../verify/attest/statement.ts";
import { sha256 } from "../../verify/digest.ts";
import { type DocumentKind, parseDocument } from "../../verify/document.ts";
import { LOCK } from "../../verify/rebuild/lock.ts";
import { RECIPE } from "../../verify/rebuild/recipe.ts";
import { formatSbom } from "../../release/sbom/sbom.ts";
import { formatChecksums } from "../../verify/integrity/checksums.ts";
import { isAttestation, joinBundles } from "../../release/bundle_lines.ts";
import { BUNDLE_SUFFIX, RELEASE_FILES } from "../../release/layout.ts";
import { signBlob, signStatement } from "../../release/sign/sign.ts";
import { loadSigningKey } from "../../release/sign/signing_key.ts";
import { testResultStatement } from "../../release/statement/test_result.ts";
import { filesOf } from "../release/project.ts";

/** What is changed before the signing; values as JSON gives them. */
export interface Lies {
  // deno-lint-ignore no-explicit-any -- what a liar writes has no type
  readonly report?: (report: any) => void;
  /** Gets every statement but the decision. */
  // deno-lint-ignore no-explicit-any -- what a liar writes has no type
  readonly statement?: (statement: any, path: string) => void;
  // deno-lint-ignore no-explicit-any -- what a liar writes has no type
  readonly decision?: (statement: any) => void;
  /** Bundles of others, which stay as they are. */
  readonly keeps?: (name: string) => boolean;
}

/** Changes report and statements of a release and signs all of it again. */
export async function signAgain(
  directory: string,
  keyPath: string,
  lies: Lies = {},
): Promise<void> {
  const key = loadSigningKey(keyPath, undefined);
  const path = (name: string) => `${directory}/${name}`;
  const digest = (name: string) => sha256(Deno.readFileSync(path(name)));
  const report = JSON.parse(Deno.readTextFileSync(path(RELEASE_FILES.report)));
  lies.report?.(report);
  Deno.writeTextFileSync(
    path(RELEASE_FILES.report),
    JSON.stringify(report, null, 2) + "\n",
  );
  const document = <T>(kind: DocumentKind<T>, name: string) =>
    parseDocument(kind, Deno.readFileSync(path(name)), name);
  Deno.writeTextFileSync(
    path(RELEASE_FILES.sbom),
    formatSbom({
      recipe: document(RECIPE, RELEASE_FILES.recipe),
      lock: document(LOCK, RELEASE_FILES.lock),
      report,
    }),
  );
  const list = new TextEncoder().encode(formatChecksums(
    filesOf(directory).filter((name) =>
      !name.endsWith(BUNDLE_SUFFIX) && name !== RELEASE_FILES.checksums &&
      name !== RELEASE_FILES.bundleLines
    ).map((name) => ({ path: name, sha256: digest(name) })),
  ));
  Deno.writeFileSync(path(RELEASE_FILES.checksums), list);
  Deno.writeFileSync(
    path(RELEASE_FILES.checksumsBundle),
    await signBlob(list, key),
  );
  const renewSubjects = (statement: Statement) => {
    for (const subject of statement.subject) {
      Object.assign(subject.digest, { sha256: digest(subject.name) });
    }
  };
  const payloads = new Map<unknown, string>();
  for (const name of filesOf(directory)) {
    if (
      !name.endsWith(BUNDLE_SUFFIX) || name === RELEASE_FILES.decision ||
      name === RELEASE_FILES.checksumsBundle
    ) continue;
    if (lies.keeps?.(name)) {
      payloads.set(name, sha256(payload(path(name))));
      continue;
    }
    const statement = name === RELEASE_FILES.testResult
      ? structuredClone(testResultStatement(report))
      : readStatement(path(name));
    if (name === RELEASE_FILES.release) renewSubjects(statement);
    lies.statement?.(statement, name);
    Deno.writeFileSync(path(name), await signStatement(statement, key));
    payloads.set(name, sha256(payload(path(name))));
  }
  const decision = readStatement(path(RELEASE_FILES.decision));
  renewSubjects(decision);
  const inputs = (decision.predicate as {
    inputAttestations: { uri: string; digest: object }[];
  }).inputAttestations.filter(({ uri }) => payloads.has(uri));
  for (const input of inputs) {
    Object.assign(input.digest, { sha256: payloads.get(input.uri) });
  }
  Object.assign(decision.predicate, { inputAttestations: inputs });
  lies.decision?.(decision);
  Deno.writeFileSync(
    path(RELEASE_FILES.decision),
    await signStatement(decision, key),
  );
  Deno.writeTextFileSync(
    path(RELEASE_FILES.bundleLines),
    joinBundles(
      filesOf(directory).filter(isAttestation)
        .map((name) => [name, Deno.readFileSync(path(name))]),
    ),
  );
}

function payload(path: string): Uint8Array {
  const bundle = JSON.parse(Deno.readTextFileSync(path));
  return Uint8Array.fromBase64(bundle.dsseEnvelope.payload);
}

function readStatement(path: string): Statement {
  return JSON.parse(new TextDecoder().decode(payload(path)));
}
