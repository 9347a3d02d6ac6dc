/**
 * What the witnesses of a signature are worth: the library verifies each one;
 * here their unsigned claims are held against the signed ones, one log or one
 * clock counts once however often it speaks, and none may speak of the future.
 *
 * @module
 */

import type { SignedEntity } from "@sigstore/verify";
import { LIMITS } from "../limits.ts";
import { decodeBase64 } from "./base64.ts";
import type { BundleDocument } from "./bundle_document.ts";
import type { CheckList } from "./check_list.ts";
import type { IdentityTrust, KeyTrust } from "./options.ts";
import { timestampWrapperFault } from "./timestamp_wrapper.ts";

/** What these steps work on. */
export interface WitnessOptions {
  readonly trust: KeyTrust | IdentityTrust;
  readonly now: Date;
  readonly checks: CheckList;
}

/** Looks at the unsigned parts of every timestamp. */
export function checkTimestampForm(
  document: BundleDocument,
  { trust, checks }: WitnessOptions,
): void {
  const tokens = document.verificationMaterial.timestampVerificationData
    ?.rfc3161Timestamps ?? [];
  if (trust.root === undefined || tokens.length === 0) {
    checks.record("timestamp-form", {
      status: "not-applicable",
      observed: "no timestamp tokens",
    });
    return;
  }
  checks.run("timestamp-form", (record) => {
    const faults = tokens.map(({ signedTimestamp }) =>
      timestampWrapperFault(decodeBase64(signedTimestamp))
    ).filter((fault) => fault !== null);
    record({
      status: faults.length === 0 ? "pass" : "fail",
      observed: faults.length === 0
        ? `${tokens.length} tokens`
        : `another ${faults.join(", ")}`,
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
