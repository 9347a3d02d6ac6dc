/**
 * What the witnesses of a signature are worth: the library verifies each one;
 * here their unsigned claims are held against the signed ones, one log or one
 * clock counts once however often it speaks, and none may speak of the future.
 *
 * @module
 */

import type { SignedEntity } from "@sigstore/verify";
import { LIMITS } from "../limits.ts";
import type { BundleDocument } from "./bundle_document.ts";
import type { CheckList } from "./check_list.ts";
import type { IdentityTrust, KeyTrust } from "./options.ts";

/** What these steps work on. */
export interface WitnessOptions {
  readonly trust: KeyTrust | IdentityTrust;
  readonly now: Date;
  readonly checks: CheckList;
}

/**
 * The claims of a log entry that no signature covers unless they are those of
 * the checkpoint, which is signed: the size and root of the tree, and, without
 * a signed promise, the index. A time without a promise is nobody's word.
 */
export function checkLogClaims(
  document: BundleDocument,
  { trust, checks }: WitnessOptions,
): void {
  if (trust.root === undefined) {
    checks.record("log-claims", {
      status: "not-applicable",
      observed: "no trusted root was given",
    });
    return;
  }
  checks.run("log-claims", (record) => {
    const entries = document.verificationMaterial.tlogEntries ?? [];
    const wrong = entries.flatMap((entry, index) => {
      const proof = entry.inclusionProof;
      const promised = entry.inclusionPromise !== undefined;
      const [, size, root] = proof?.checkpoint.envelope.split("\n") ?? [];
      return [
        proof !== undefined && proof.treeSize !== size && "treeSize",
        proof !== undefined && proof.rootHash !== root && "rootHash",
        !promised && entry.logIndex !== proof?.logIndex && "logIndex",
        !promised && (entry.integratedTime ?? "0") !== "0" && "integratedTime",
      ].filter((name) => name !== false).map((name) => `${name} of ${index}`);
    });
    record({
      status: wrong.length === 0 ? "pass" : "fail",
      observed: wrong.length === 0
        ? `${entries.length} entries agree`
        : `another ${wrong.join(", ")}`,
    });
  });
}

/** Counts each log and each timestamp authority once, and looks at times. */
export function checkWitnesses(
  entity: SignedEntity,
  { trust, now, checks }: WitnessOptions,
): void {
  if (trust.root === undefined) {
    const observed = "no trusted root was given";
    checks.record("witnesses", { status: "not-applicable", observed });
    checks.record("not-in-future", { status: "not-applicable", observed });
    return;
  }
  const logsMin = trust.kind === "identity" ? trust.logsMin ?? 1 : 1;
  const timesMin = trust.kind === "identity" ? trust.timesMin ?? 1 : 1;
  const logs = new Set<string>();
  const clocks = new Set<string>();
  const times: Date[] = [];
  for (const entry of entity.tlogEntries) {
    logs.add(entry.logId.keyId.toString("hex"));
  }
  for (const stamp of entity.timestamps) {
    if (stamp.$case === "timestamp-authority") {
      clocks.add(`tsa ${stamp.timestamp.signerIssuer.toString("hex")}`);
      times.push(stamp.timestamp.signingTime);
    } else if (stamp.tlogEntry.inclusionPromise !== undefined) {
      clocks.add(`log ${stamp.tlogEntry.logId.keyId.toString("hex")}`);
      times.push(new Date(Number(stamp.tlogEntry.integratedTime) * 1000));
    }
  }
  checks.record("witnesses", {
    status: logs.size >= logsMin && clocks.size >= timesMin ? "pass" : "fail",
    expected: `${logsMin} distinct logs, ${timesMin} distinct clocks`,
    observed: `${logs.size} distinct logs, ${clocks.size} distinct clocks`,
  });
  const latest = Math.max(...times.map((time) => time.getTime()));
  checks.record("not-in-future", {
    status: latest <= now.getTime() + LIMITS.clockSkewMsMax ? "pass" : "fail",
    expected: `at most ${now.toISOString()} and ${
      LIMITS.clockSkewMsMax / 1000
    } seconds`,
    observed: Number.isFinite(latest)
      ? new Date(latest).toISOString()
      : "no time",
  });
}
