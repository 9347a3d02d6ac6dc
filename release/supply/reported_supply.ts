/**
 * What a report says of a builder elsewhere: what readers and the recomputed
 * checks need, taken from its statement and nothing else.
 *
 * @module
 */

import type { ReportedSupply } from "../report/release_report.ts";
import type { CarriedSupply } from "./judge_supply.ts";

/** Makes it. */
export function reportedSupply(
  { id, supply, targets, payloadSha256, lockSha256 }: CarriedSupply,
): ReportedSupply {
  return {
    id,
    host: supply.host,
    madeAt: supply.madeAt,
    targets,
    statementSha256: payloadSha256,
    lockSha256,
    seed: supply.seed,
    ...(supply.prepared === undefined ? {} : { prepared: supply.prepared }),
    runs: supply.runs,
  };
}
