/**
 * The locale: sorting, case, number and date formats, and the language of
 * messages depend on it. An unusual installed locale is taken; without one
 * the name of a locale that is not installed, by which programs fall back to
 * `C`, while control has UTF-8.
 *
 * @module
 */

import { asInControl, type Axis } from "./axis.ts";

/** The axis `locale`. */
export const locale: Axis = {
  name: "locale",
  draw: (random, host) => {
    const [first, ...rest] = host.locales;
    return {
      control: "C.UTF-8",
      varied: first === undefined
        ? random.pick(["fr_CH.ISO-8859-1", "et_EE.ISO-8859-15", "tr_TR.UTF-8"])
        : random.pick([first, ...rest]),
    };
  },
  apply: (value, surroundings) => {
    surroundings.variables.LANG = value;
    surroundings.variables.LC_ALL = value;
  },
  canaries: (value) => value === "C.UTF-8" ? [] : [value],
  aligned: asInControl,
  construct: "sorting, formats or messages of the locale",
  fix: "Set LC_ALL=C.UTF-8 where the output is made.",
};
