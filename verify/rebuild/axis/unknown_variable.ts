/**
 * An environment variable that nothing knows: builds that record their whole
 * environment leak it.
 *
 * @module
 */

import { asInControl, type Axis } from "./axis.ts";

/** The axis `unknown-variable`. */
export const unknownVariable: Axis = {
  name: "unknown-variable",
  draw: (random) => ({
    control: "",
    varied: `${random.word(8).toUpperCase()}=${random.word(12)}`,
  }),
  apply: (value, surroundings) => {
    const [name, text] = value.split("=");
    if (name !== undefined && text !== undefined) {
      surroundings.variables[name] = text;
    }
  },
  canaries: (value) => value === "" ? [] : value.split("="),
  aligned: asInControl,
  construct: "the whole environment of the build",
  fix: "Record the variables that matter by name.",
};
