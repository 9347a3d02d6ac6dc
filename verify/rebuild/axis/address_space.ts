/**
 * Where code and data lie in memory: outputs ordered by address, or that
 * print one, hold it. In the control run the layout is not randomised
 * (personality(2), ADDR_NO_RANDOMIZE), so that two control runs agree and the
 * axis, not chance, is named. In the varied run it is random anew in each
 * process; two varied runs then differ from each other, too.
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `address-space`; `fixed` or `random`. */
export const addressSpace: Axis = {
  name: "address-space",
  draw: (_random, host) =>
    host.personality.addressSpace ? { control: "fixed", varied: "random" } : {
      control: "random",
      varied: "random",
      notVaried: "setarch -R does not work here",
    },
  apply: (value, surroundings) => {
    surroundings.fixedAddresses = value === "fixed";
  },
  canaries: () => [],
  unsteady: true,
  construct: "an address in memory, or an order by addresses",
  fix: "Sort by name or content, never by pointer; print no addresses.",
};
