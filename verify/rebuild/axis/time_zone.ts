/**
 * The time zone, one with an unusual offset: local times in banners and
 * archives hold it. Without the time zone database the POSIX form of TZ is
 * used, which Go and ICU do not read.
 *
 * @module
 */

import { asInControl, type Axis } from "./axis.ts";

/** Zones whose offset from UTC few others share, with that offset. */
const ZONES: Readonly<Record<string, readonly string[]>> = {
  "Asia/Kathmandu": ["+0545", "+05:45"],
  "Australia/Eucla": ["+0845", "+08:45"],
  "Pacific/Chatham": ["+1345", "+13:45", "+1245", "+12:45"],
  "Pacific/Kiritimati": ["+1400", "+14:00"],
  "Pacific/Marquesas": ["-0930", "-09:30"],
};

/** The axis `time-zone`. */
export const timeZone: Axis = {
  name: "time-zone",
  draw: (random, host) => ({
    control: "UTC",
    varied: host.zoneinfo
      ? random.pick([
        "Asia/Kathmandu",
        "Australia/Eucla",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
        "Pacific/Marquesas",
      ])
      : `${random.word(5).toUpperCase()}-${5 + random.integer(8)}:45`,
  }),
  apply: (value, surroundings) => {
    surroundings.variables.TZ = value;
  },
  canaries: (value) =>
    value === "UTC"
      ? []
      : [value, ...ZONES[value] ?? [value.replace(/-.*$/, "")]],
  aligned: asInControl,
  construct: "a local time",
  fix: "Write times in UTC: date -u, TZ=UTC.",
};
