/**
 * Whether the build has a terminal: progress, colours, widths and prompts
 * depend on it. In the varied run standard input is a terminal and TERM names
 * one with colours; what a step prints is a pipe in both. Nothing is ever
 * typed: the input is at its end.
 *
 * @module
 */

import { asInControl, type Axis } from "./axis.ts";

/** The axis `terminal`; `none`, or the value of TERM. */
export const terminal: Axis = {
  name: "terminal",
  draw: (_random, host) =>
    host.script === null
      ? {
        control: "none",
        varied: "none",
        notVaried: "script, of util-linux, is not installed",
      }
      : { control: "none", varied: "xterm-256color" },
  apply: (value, surroundings) => {
    surroundings.terminal = value !== "none";
    surroundings.variables.TERM = value === "none" ? "dumb" : value;
  },
  canaries: (value) => value === "none" ? [] : [value],
  aligned: asInControl,
  construct: "a terminal (isatty, tty, TERM)",
  fix: "Turn colours and widths off: TERM=dumb, </dev/null.",
};
