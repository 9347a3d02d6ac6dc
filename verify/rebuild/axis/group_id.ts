/**
 * The number of the group who builds: owners of files hold it.
 *
 * @module
 */

import { asInControl, type Axis } from "./axis.ts";
import {
  accountNumber,
  accountNumberAsText,
  drawAccountNumber,
} from "./account_number.ts";

/** The axis `group-id`. */
export const groupId: Axis = {
  name: "group-id",
  draw: drawAccountNumber,
  apply: (value, surroundings) => {
    const number = accountNumber(value);
    if (number !== undefined) surroundings.groupId = number;
  },
  canaries: accountNumberAsText,
  aligned: asInControl,
  construct: "the number of the group that builds (id -g, archive group)",
  fix: "Write a fixed group: --group=0 --numeric-owner for tar.",
};
