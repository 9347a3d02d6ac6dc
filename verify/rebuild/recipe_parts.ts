/**
 * Pieces that the sections of a recipe share: names, paths inside the source,
 * environments and commands.
 *
 * @module
 */

import { z } from "zod";

/** Name of a target, toolchain or host. */
export const name = z.string().regex(
  /^[a-z0-9][a-z0-9._-]{0,63}$/,
  "a name of lowercase letters, digits, dots, dashes and underscores",
);

/** Name of an artifact, which is its file name in the archive. */
export const fileName = z.string().regex(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  "a name of letters, digits, dots, dashes and underscores",
);

/** A relative path that stays inside, with forward slashes. */
export const insidePath = z.string().min(1).max(1024).refine(
  (path) =>
    !path.startsWith("/") && !path.includes("\\") && !path.includes("\0") &&
    path.split("/").every((part) =>
      part !== "" && part !== "." && part !== ".."
    ),
  "a relative path inside the source, with forward slashes",
);

/** Variables of a process by name. */
export const environment = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable name"),
  z.string(),
);

/** A program and its arguments. */
export const argv = z.array(z.string()).min(1, "at least the program");
