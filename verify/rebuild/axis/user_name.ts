/**
 * The user's name, in USER and LOGNAME and, in a sandbox, in the password
 * database: build banners and archive owners hold it.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `user-name`. */
export const userName: Axis = {
  name: "user-name",
  draw: (random, host) => ({
    control: "control-user",
    varied: random.word(11),
    ...(host.isolation === "none"
      ? {
        notVaried:
          "without a sandbox only USER and LOGNAME vary, not the password database",
      }
      : {}),
  }),
  apply: (value, surroundings) => {
    surroundings.userName = value;
    surroundings.variables.USER = value;
    surroundings.variables.LOGNAME = value;
  },
  canaries: (value) => [value],
  aligned: (_values, random) => random.word("control-user".length),
  construct: "the name of the user who builds (USER, whoami, archive owner)",
  fix: "Write a fixed name: --owner=0 --numeric-owner for tar.",
};
