/**
 * The name of the group, in the group database of a sandbox: archives hold it
 * beside the owner.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `group-name`. */
export const groupName: Axis = {
  name: "group-name",
  draw: (random, host) =>
    host.isolation === "none"
      ? {
        control: "of the caller",
        varied: "of the caller",
        notVaried: "needs a group database of its own; there is no sandbox",
      }
      : { control: "control-group", varied: random.word(10) },
  apply: (value, surroundings) => {
    if (value !== "of the caller") surroundings.groupName = value;
  },
  canaries: (value) => value === "of the caller" ? [] : [value],
  aligned: ({ control, notVaried }, random) =>
    notVaried === undefined ? random.word("control-group".length) : control,
  construct: "the name of the group that builds (id -gn, archive group)",
  fix: "Write a fixed name: --group=0 --numeric-owner for tar.",
};
