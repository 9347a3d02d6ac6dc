/**
 * The modification times of the source's files: archives hold them. Every
 * file has the same time in one run, SOURCE_DATE_EPOCH in the control run and
 * another in the varied one; a build that copies times leaks them.
 *
 * @module
 */

import type { Axis } from "./axis.ts";
import { datesAround } from "./dates.ts";

const DAY_SECONDS = 86_400;

/** The axis `source-time`; seconds from SOURCE_DATE_EPOCH, such as `-86461s`. */
export const sourceTime: Axis = {
  name: "source-time",
  draw: (random) => ({
    control: "+0s",
    // Back in time: a file from the future makes build tools complain.
    varied: `-${(30 + random.integer(300)) * DAY_SECONDS + 3_661}s`,
  }),
  apply: (value, surroundings) => {
    surroundings.sourceTimeOffset = parseInt(value, 10);
  },
  canaries: (value, { sourceDateEpoch }) => {
    const seconds = sourceDateEpoch + parseInt(value, 10);
    return [...datesAround(seconds * 1000), String(seconds)];
  },
  span: (value, { sourceDateEpoch }) => {
    const seconds = sourceDateEpoch + parseInt(value, 10);
    return [seconds, seconds];
  },
  construct: "modification times of source files",
  fix: "Set the times: tar --mtime=@$SOURCE_DATE_EPOCH, touch -d.",
};
