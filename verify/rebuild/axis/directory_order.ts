/**
 * The order in which directories list what they hold: archives and links of
 * everything in a directory hold it. The source is copied by name in the
 * control run and in the opposite order in the varied one, which shows where
 * the file system lists files as they were made: tmpfs does, ext4 does not, and
 * there a sandbox shows the source from a tmpfs (`ordered_source.ts`). What the
 * build itself makes lists as on disk.
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
    ...(host.orderReason === null ? {} : {
      notVaried:
        `the file system of TMPDIR lists files in an order of its own, and ${host.orderReason}`,
    }),
  }),
  apply: (value, surroundings) => {
    surroundings.copied = value === "backwards" ? value : "by name";
  },
  canaries: () => [],
  construct: "the order in which a directory lists its files",
  fix: "Sort the list of files: tar --sort=name, LC_ALL=C sort, sorted().",
};
