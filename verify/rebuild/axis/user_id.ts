/**
 * The number of the user who builds: owners of files hold it. In the varied
 * run it has seven digits, decimal and octal alike, which is the most that a
 * tar header takes (POSIX.1-2017 pax, ustar header).
 *
 * @module
 */

import { asInControl, type Axis } from "./axis.ts";
import { idAsText } from "./id_text.ts";

/** The axis `user-id`. */
export const userId: Axis = {
  name: "user-id",
  draw: (random, host) =>
    host.isolation === "none"
      ? {
        control: "of the caller",
        varied: "of the caller",
        notVaried: "needs a user namespace; there is no sandbox",
      }
      : {
        control: "1000",
        varied: String(1_000_000 + random.integer(1_000_000)),
      },
  apply: (value, surroundings) => {
    if (/^\d+$/.test(value)) surroundings.userId = Number(value);
  },
  canaries: idAsText,
  aligned: asInControl,
  construct: "the number of the user who builds (id -u, archive owner)",
  fix: "Write a fixed owner: --owner=0 --numeric-owner for tar.",
};
