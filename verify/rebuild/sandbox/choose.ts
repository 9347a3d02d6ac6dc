/**
 * Which sandbox a rebuild is done in: the one that was asked for, or else the
 * strongest that works on this host.
 *
 * @module
 */

import { UsageError } from "../../error.ts";
import type { AxisHost } from "../axis/axis.ts";
import type { Host } from "../host.ts";
import { type Isolation, ISOLATIONS } from "../result.ts";
import { Bubblewrap } from "./bubblewrap.ts";
import type { ContainedOptions } from "./contained.ts";
import { NoSandbox } from "./none.ts";
import type { Sandbox } from "./sandbox.ts";
import { Unshare } from "./unshare.ts";

/**
 * The isolation to build in.
 *
 * @param wanted The strongest that works when undefined.
 * @throws {UsageError} `sandbox-missing`.
 */
export function chosenIsolation(
  host: Host,
  wanted: Isolation | undefined,
): Isolation {
  const reasons = {
    bubblewrap: host.bubblewrap === null ? host.bubblewrapReason : null,
    unshare: host.unshareReason,
    none: null,
  };
  if (wanted === undefined) {
    return ISOLATIONS.find((level) => reasons[level] === null) ?? "none";
  }
  const reason = reasons[wanted];
  if (reason !== null) {
    throw new UsageError("sandbox-missing", "Setting up the sandbox", {
      expected: `${wanted} that works here`,
      observed: reason,
    });
  }
  return wanted;
}

/** The sandbox of a host's isolation. */
export function makeSandbox(
  host: AxisHost,
  options: ContainedOptions,
): Sandbox {
  switch (host.isolation) {
    case "bubblewrap":
      return new Bubblewrap(host, options);
    case "unshare":
      return new Unshare(host, options);
    case "none":
      return new NoSandbox(host, options.work);
  }
}
