/**
 * The axes, in the order of reports, and the drawing of their values.
 *
 * @module
 */

import { SeededRandom } from "../random.ts";
import { plainSurroundings, type Surroundings } from "../surroundings.ts";
import type { Axis, AxisHost, AxisValues } from "./axis.ts";
import { buildPath } from "./build_path.ts";
import { cpuCount } from "./cpu_count.ts";
import { hashSeed } from "./hash_seed.ts";
import { home } from "./home.ts";
import { hostName } from "./host_name.ts";
import { locale } from "./locale.ts";
import { pathTail } from "./path_tail.ts";
import { sourceTime } from "./source_time.ts";
import { time } from "./time.ts";
import { timeZone } from "./time_zone.ts";
import { umask } from "./umask.ts";
import { unknownVariable } from "./unknown_variable.ts";
import { userName } from "./user_name.ts";

/** Every axis. */
export const AXES: readonly Axis[] = [
  buildPath,
  home,
  userName,
  hostName,
  timeZone,
  time,
  locale,
  umask,
  pathTail,
  unknownVariable,
  cpuCount,
  hashSeed,
  sourceTime,
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
