/**
 * Opening the workshop of a rebuild: the sandbox is set up, with the source in
 * memory where the disk would list its files in an order of its own, and tools
 * that hang under a shifted clock get a script to start them.
 *
 * @module
 */

import type { AxisHost } from "./axis/axis.ts";
import { withClocks } from "./clock.ts";
import type { Host } from "./host.ts";
import { listsAsMade } from "./listing_order.ts";
import type { Isolation } from "./result.ts";
import { makeSandbox } from "./sandbox/choose.ts";
import { sourceMemory } from "./sandbox/ordered_source.ts";
import type { TreeFile } from "./tree.ts";
import type { Workshop } from "./workshop.ts";

/** What the workshop is opened with. */
export interface WorkshopPlan
  extends Omit<Workshop, "host" | "sandbox" | "logs"> {
  readonly host: Host;
  readonly isolation: Isolation;
  /** Paths that no build may read. */
  readonly hidden: readonly string[];
  /** Directory that may be made in memory. */
  readonly inMemory: string;
  /** Files of the source. */
  readonly files: readonly TreeFile[];
}

/** A workshop, and how it was set up. */
export interface OpenedWorkshop {
  readonly shop: Workshop;
  /** Why the clock is not shifted for every tool, or undefined. */
  readonly clockReason: string | undefined;
  /**
   * The same workshop with all sources on the disk; undefined where they lie
   * there already.
   *
   * @param reason Why their order is then not varied.
   */
  readonly onDisk: ((reason: string) => Workshop) | undefined;
}

/** Sets everything up below the directory of the rebuild. */
export async function openWorkshop(
  plan: WorkshopPlan,
): Promise<OpenedWorkshop> {
  const { work, isolation, hidden, inMemory, files } = plan;
  for (const name of ["logs", "bin"]) Deno.mkdirSync(`${work}/${name}`);
  const memory = listsAsMade(work) ? null : await sourceMemory(plan.host, {
    isolation,
    work,
    path: inMemory,
    files,
  });
  const host: AxisHost = {
    ...plan.host,
    isolation,
    orderReason: memory?.reason ?? null,
  };
  const path = memory?.path ?? null;
  const sandbox = makeSandbox(host, { work, hidden, memory: path });
  const clocked = host.faketime === null
    ? { tools: plan.tools, notVaried: undefined }
    : withClocks(plan.tools, { into: `${work}/bin`, inside: sandbox.scripts });
  const shop: Workshop = {
    recipe: plan.recipe,
    lock: plan.lock,
    tools: clocked.tools,
    host,
    sandbox,
    watchdog: plan.watchdog,
    work,
    logs: `${work}/logs`,
    sourceDateEpoch: plan.sourceDateEpoch,
    digests: plan.digests,
    progress: plan.progress,
    signal: plan.signal,
  };
  return {
    shop,
    clockReason: clocked.notVaried,
    onDisk: path === null ? undefined : (orderReason) => {
      const other = { ...host, orderReason };
      return {
        ...shop,
        host: other,
        sandbox: makeSandbox(other, { work, hidden }),
      };
    },
  };
}
