/**
 * The file mode mask: archives of freshly written files hold it.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `umask`. */
export const umask: Axis = {
  name: "umask",
  draw: (random, host) => ({
    control: "0022",
    varied: host.shell === null
      ? "0022"
      : random.pick(["0002", "0007", "0027", "0077"]),
    ...(host.shell === null
      ? { notVaried: "needs a shell, which this host does not have" }
      : {}),
  }),
  apply: (value, surroundings) => {
    surroundings.umask = parseInt(value, 8);
  },
  canaries: () => [],
  construct: "modes of files that the build writes",
  fix: "Set the modes: install -m, tar --mode.",
};
