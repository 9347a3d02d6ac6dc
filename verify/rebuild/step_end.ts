/**
 * How a step ends, the limits that it may end at, and the words for that.
 *
 * @module
 */

/** How a step ended. Only `exited` with code 0 is a success. */
export type StepEnd =
  | "exited"
  | "timed-out"
  | "log-limit"
  | "tree-limit"
  | "process-limit"
  | "memory-limit"
  | "cpu-limit"
  | "open-files-limit"
  | "sandbox-failed";

/** Limits of one step. */
export interface StepLimits {
  readonly wallMs: number;
  readonly logBytes: number;
  readonly treeBytes: number;
  readonly processes: number;
  readonly memoryBytes: number;
  readonly cpuMs: number;
  readonly openFiles: number;
}

/** What was expected of the end of a step and what was found. */
export function describeEnd(
  end: StepEnd,
  limits: StepLimits,
  found: { readonly code: number; readonly failure: string },
): { expected: string; observed: string } {
  switch (end) {
    case "exited":
      return {
        expected: "exit code 0",
        observed: `exit code ${found.code}`,
      };
    case "timed-out":
      return {
        expected: `an end within ${limits.wallMs} ms`,
        observed: "still running",
      };
    case "log-limit":
      return {
        expected: `at most ${limits.logBytes} bytes of output`,
        observed: "more",
      };
    case "tree-limit":
      return {
        expected: `at most ${limits.treeBytes} bytes on disk`,
        observed: "more",
      };
    case "process-limit":
      return {
        expected: `at most ${limits.processes} processes at once`,
        observed: "more",
      };
    case "memory-limit":
      return {
        expected: `at most ${limits.memoryBytes} bytes of memory at once`,
        observed: "more",
      };
    case "cpu-limit":
      return {
        expected: `at most ${limits.cpuMs} ms of processor time`,
        observed: "more",
      };
    case "open-files-limit":
      return {
        expected: `at most ${limits.openFiles} open files at once`,
        observed: "more",
      };
    case "sandbox-failed":
      return { expected: "a sandbox that starts", observed: found.failure };
  }
}
