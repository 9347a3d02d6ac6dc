/**
 * The order in which directories list what they hold: archives and links of
 * everything in a directory hold it. The source is copied by name in the
 * control run and in the opposite order in the varied one, which shows where
 * the file system lists files as they were made (tmpfs does, ext4 does not).
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `directory-order`; `by name` or `backwards`. */
export const directoryOrder: Axis = {
  name: "directory-order",
  draw: (_random, host) => ({
    control: "by name",
    varied: "backwards",
    ...(host.listsAsMade ? {} : {
      notVaried:
        "the file system of TMPDIR lists files in an order of its own; one such as tmpfs does not",
    }),
  }),
  apply: (value, surroundings) => {
    surroundings.backwards = value === "backwards";
  },
  canaries: () => [],
  construct: "the order in which a directory lists its files",
  fix: "Sort the list of files: tar --sort=name, LC_ALL=C sort, sorted().",
};
