/**
 * Small programs that stand in for artifacts in the tests of trials. Each test
 * writes the program that fails for its reason alone.
 *
 * @module
 */

import { inspectHost } from "../../../verify/rebuild/host.ts";
import type { StageOptions } from "../../../verify/trial/run_stage.ts";

/** The two ways that a stage can run. */
export const WAYS: readonly (readonly [string, readonly string[]])[] = [
  ["without a sandbox", []],
  ["under bubblewrap", ["bwrap"]],
];

/** A directory with one program in it, removed at the end. */
export class Twin implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "reproof-twin-" });
  /** Apart from the source, as what was built is. */
  readonly built = Deno.makeTempDirSync({ prefix: "reproof-twin-" });
  readonly artifact = `${this.built}/artifact.ts`;

  constructor(program: string) {
    Deno.writeTextFileSync(this.artifact, program);
  }

  /** Values of the placeholders. */
  get values() {
    return { artifact: this.artifact, deno: Deno.execPath() };
  }

  /** Options of a stage for this directory. */
  async options(
    tools: readonly string[],
    lower: Partial<StageOptions> = {},
  ): Promise<StageOptions> {
    return {
      bubblewrap: tools.length === 0 ? null : (await inspectHost()).bubblewrap,
      source: this.path,
      shown: [this.built],
      ...lower,
    };
  }

  [Symbol.dispose](): void {
    for (const folder of [this.path, this.built]) {
      Deno.removeSync(folder, { recursive: true });
    }
  }
}

/** How the twins are started. */
export const RUN = [
  "{deno}",
  "run",
  "--quiet",
  "--no-config",
  "--no-lock",
  "--allow-all",
  "{artifact}",
];

/** A host that does everything right; `PORT` and `READY` are its contract. */
export const GOOD_HOST = `
const port = Number(Deno.env.get("PORT"));
const server = Deno.serve(
  { hostname: "127.0.0.1", port, onListen: () => console.log("ready at last") },
  async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/echo") return new Response(await request.text());
    if (pathname === "/peers") {
      return Response.json({ peers: [{ name: "a" }, { name: "b" }] });
    }
    return new Response("ok\\n");
  },
);
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
`;
