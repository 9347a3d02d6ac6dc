/**
 * A project whose artifact the gate `smoke` runs and asks one thing.
 *
 * @module
 */

import type { Workplace } from "./project.ts";

/** What the artifact is asked. */
export interface SmokeQuestion {
  readonly name: string;
  readonly expect: Record<string, unknown>;
  /** Of the policy, beside the gate. */
  readonly policy?: Record<string, unknown>;
}

/** Writes the project; its artifact is a script for `/bin/sh`. */
export function smokeProject(
  place: Workplace,
  script: string,
  { name, expect, policy = {} }: SmokeQuestion,
): string {
  return place.script(script, {
    recipe: {
      targets: {
        any: {
          build: [{ argv: ["/bin/sh", "build.sh"] }],
          artifacts: [{ name: "artifact", path: "artifact" }],
          smoke: {
            steps: [{
              name,
              command: { argv: ["/bin/sh", "{artifact}"] },
              expect,
            }],
          },
        },
      },
    },
    policy: { smoke: {}, ...policy },
  });
}
