/**
 * The number of the user who builds: owners of files hold it.
 *
 * @module
 */

import { asInControl, type Axis } from "./axis.ts";
import {
  accountNumber,
  accountNumberAsText,
  drawAccountNumber,
} from "./account_number.ts";

/** The axis `user-id`. */
export const userId: Axis = {
  name: "user-id",
  draw: drawAccountNumber,
  apply: (value, surroundings) => {
    const number = accountNumber(value);
    if (number !== undefined) surroundings.userId = number;
  },
  canaries: accountNumberAsText,
  aligned: asInControl,
  construct: "the number of the user who builds (id -u, archive owner)",
  fix: "Write a fixed owner: --owner=0 --numeric-owner for tar.",
};
