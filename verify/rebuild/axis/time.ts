/**
 * The wall clock, shifted by libfaketime in the varied run; it goes on from
 * there. File times are left alone (`NO_FAKE_STAT`): make and its kin break
 * when the clock of files is not the clock of the kernel, and a build that
 * sets the time of a file would read back another. Some tools keep the real
 * clock (see `clock.ts`); for them the runs differ by the second or more that
 * lies between their starts.
 *
 * @module
 */

import type { Axis } from "./axis.ts";
import { datesAround } from "./dates.ts";

const DAY_SECONDS = 86_400;
/** Two hours, the longest build step there is. */
const HUNDREDS_MAX = 72;

/**
 * The axis `time`; the value is an offset such as `+34567890s`, or `@SECONDS`
 * for a clock that stands still, by which chance and time are told apart.
 */
export const time: Axis = {
  name: "time",
  draw: (random, host) => {
    // A year and a season: another year, month, day and hour, and on the other
    // side of a change to or from summer time.
    const varied = `+${
      (365 + 150 + random.integer(66)) * DAY_SECONDS + 3_661 +
      random.integer(36_000)
    }s`;
    return host.faketime === null
      ? {
        control: "+0s",
        varied: "+0s",
        notVaried:
          "libfaketime is not installed; the runs are a second or more apart",
      }
      : { control: "+0s", varied };
  },
  apply: (value, surroundings, host) => {
    if (value === "+0s" || host.faketime === null) return;
    surroundings.variables.LD_PRELOAD = host.faketime;
    surroundings.variables.FAKETIME = value.replace(/^@/, "");
    if (value.startsWith("@")) {
      // Timers must run on while the wall clock stands.
      surroundings.variables.FAKETIME_FMT = "%s";
      surroundings.variables.FAKETIME_DONT_FAKE_MONOTONIC = "1";
    }
    surroundings.variables.NO_FAKE_STAT = "1";
  },
  canaries: (value, { window: [start, end] }) => {
    const offset = parseInt(value, 10) * 1000;
    return [
      ...new Set([start + offset, end + offset].flatMap(datesAround)),
      ...hundreds((start + offset) / 1000, (end + offset) / 1000),
    ];
  },
  span: (value, { window: [start, end] }) => {
    const offset = parseInt(value, 10);
    return [start / 1000 + offset, end / 1000 + offset];
  },
  construct: "the time of the build (__DATE__, __TIME__, date, time())",
  fix: "Take the time from SOURCE_DATE_EPOCH.",
};

/** First eight digits of the seconds since 1970 in a range. */
function hundreds(start: number, end: number): string[] {
  const first = Math.floor(start / 100);
  const count = Math.min(Math.floor(end / 100) - first, HUNDREDS_MAX) + 1;
  return Array.from({ length: count }, (_, index) => String(first + index));
}
