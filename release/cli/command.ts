/**
 * What a command is, and the world it may touch. Commands get their streams,
 * clock, environment and abort signal from a context, so that a test can run
 * one in its own process.
 *
 * @module
 */

import type { ExitCode } from "../../verify/verdict.ts";

/** One flag of a command. */
export interface Flag {
  /** Long name without dashes. */
  readonly name: string;
  /** Name of the value in the help; a flag without one is a switch. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly repeatable?: boolean;
  /** One line of help. */
  readonly help: string;
}

/** Flags and operands after parsing. */
export interface Arguments {
  readonly operands: readonly string[];
  /** The value of a flag, or undefined. */
  value(name: string): string | undefined;
  /** The values of a repeatable flag. */
  values(name: string): readonly string[];
  /** Whether a switch was given. */
  has(name: string): boolean;
}

/** The world of a command. */
export interface Context {
  /** The result: one JSON document, or text for a person who asked for text. */
  out(text: string): void;
  /** Everything else meant for a person: progress, hints, errors. */
  err(text: string): void;
  /** Commands for a CI runner, one on each line, with untrusted text escaped. */
  command(text: string): void;
  /** A variable, or undefined when unset or not permitted. */
  env(name: string): string | undefined;
  /** The time, captured once; `--now` sets it. */
  readonly now: Date;
  /** What the clock said then, whatever `--now` says. */
  readonly clock: Date;
  /** Whether standard error is a terminal. */
  readonly isTerminal: boolean;
  /** Whether colour may be used on standard error. */
  readonly color: boolean;
  /** Fires at the first interrupt. */
  readonly signal: AbortSignal;
  /** No progress and no hints. */
  readonly quiet: boolean;
}

/** A command of the program. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Usage forms without the program name, such as `compare A B`. */
  readonly usage: readonly string[];
  /** One worked example, as typed. */
  readonly example: string;
  readonly flags: readonly Flag[];
  /** Least and most operands. */
  readonly operands: readonly [number, number];
  run(context: Context, args: Arguments): Promise<ExitCode>;
}
