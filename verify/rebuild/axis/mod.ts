/**
 * The axes, in the order of reports, and the drawing of their values.
 *
 * @module
 */

import { SeededRandom } from "../random.ts";
import { plainSurroundings, type Surroundings } from "../surroundings.ts";
import type { Axis, AxisHost, AxisValues } from "./axis.ts";
import { addressSpace } from "./address_space.ts";
import { buildPath } from "./build_path.ts";
import { cpuCount } from "./cpu_count.ts";
import { directoryOrder } from "./directory_order.ts";
import { domainName } from "./domain_name.ts";
import { groupId } from "./group_id.ts";
import { groupName } from "./group_name.ts";
import { hashSeed } from "./hash_seed.ts";
import { home } from "./home.ts";
import { hostName } from "./host_name.ts";
import { kernelRelease } from "./kernel_release.ts";
import { locale } from "./locale.ts";
import { machineName } from "./machine_name.ts";
import { parallelism } from "./parallelism.ts";
import { pathTail } from "./path_tail.ts";
import { processId } from "./process_id.ts";
import { sourceDepth } from "./source_depth.ts";
import { sourceTime } from "./source_time.ts";
import { temporaryName } from "./temporary_name.ts";
import { terminal } from "./terminal.ts";
import { time } from "./time.ts";
import { timeZone } from "./time_zone.ts";
import { umask } from "./umask.ts";
import { unknownVariable } from "./unknown_variable.ts";
import { userId } from "./user_id.ts";
import { userName } from "./user_name.ts";

/** Every axis. */
export const AXES: readonly Axis[] = [
  buildPath,
  sourceDepth,
  home,
  temporaryName,
  userName,
  userId,
  groupName,
  groupId,
  hostName,
  domainName,
  kernelRelease,
  machineName,
  timeZone,
  time,
  sourceTime,
  locale,
  umask,
  pathTail,
  unknownVariable,
  terminal,
  cpuCount,
  parallelism,
  addressSpace,
  processId,
  hashSeed,
  directoryOrder,
];

/** Values of every axis by name. */
export type DrawnAxes = Readonly<Record<string, AxisValues>>;

/** Draws the values of every axis from a seed. */
export function drawAxes(seed: string, host: AxisHost): DrawnAxes {
  return Object.fromEntries(
    AXES.map((axis) => [
      axis.name,
      axis.draw(new SeededRandom(seed, axis.name), host),
    ]),
  );
}

/**
 * Varied values whose traces are as long as those of the control run; see
 * `Axis.aligned`.
 */
export function alignedAxes(
  seed: string,
  runs: {
    readonly control: Readonly<Record<string, string>>;
    readonly varied: Readonly<Record<string, string>>;
    readonly notVaried: Readonly<Record<string, string>>;
  },
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(runs.varied).map(([name, varied]) => {
      const axis = AXES.find((axis) => axis.name === name);
      const reason = runs.notVaried[name];
      const values = {
        control: runs.control[name] ?? varied,
        varied,
        ...(reason === undefined ? {} : { notVaried: reason }),
      };
      const random = new SeededRandom(seed, `aligned ${name}`);
      return [name, axis?.aligned?.(values, random) ?? varied];
    }),
  );
}

/** Surroundings in which each axis has the given value. */
export function surroundingsOf(
  values: Readonly<Record<string, string>>,
  host: AxisHost,
): Surroundings {
  const surroundings = plainSurroundings();
  for (const axis of AXES) {
    const value = values[axis.name];
    if (value !== undefined) axis.apply(value, surroundings, host);
  }
  return surroundings;
}
