/**
 * One host from start to stop, and what is found of it: whether it became
 * ready, stayed alive, listened on its own ports alone, printed within its
 * limit, obeyed its signal, and left nothing behind.
 *
 * @module
 */

import { killNow } from "../../rebuild/sandbox/processes.ts";
import type { SmokeHost } from "../smoke_recipe.ts";
import { baseEnvironment } from "./command.ts";
import { endFamily, family, openPorts, present } from "./family.ts";
import { collect, type Output, settle } from "./output.ts";
import { quote } from "./match.ts";
import { isReady } from "./ready.ts";
import type { Finding, SmokeScript } from "./script.ts";

const ROUND_MS = 20;

/** What a host needs to know of the trial that it is part of. */
export interface HostScript extends Pick<SmokeScript, "place" | "ports"> {
  /** How often it is asked whether it is ready. */
  readonly roundMs?: number;
}

/** A host that was started. */
export class Host {
  readonly name: string;
  readonly #script: HostScript;
  readonly #host: SmokeHost;
  readonly #before = present();
  #child: Deno.ChildProcess | null = null;
  #outputs: readonly Output[] = [];
  #end: Deno.CommandStatus | null = null;
  #flooded = false;
  #ready = false;
  #why = "";
  /** Names of its ports that were not open in it when last looked. */
  #closed: readonly string[] = [];
  readyMs = 0;

  constructor(name: string, host: SmokeHost, script: HostScript) {
    this.name = name;
    this.#host = host;
    this.#script = script;
  }

  /** Its pid, or null when it runs no more. */
  get pid(): number | null {
    return this.#end === null ? this.#child?.pid ?? null : null;
  }

  /**
   * Starts it and waits until it is ready, has died, or is late. It is not
   * ready while a port of it is not open in it, for then it is somebody else
   * who answers there.
   */
  async start(): Promise<boolean> {
    const { place } = this.#script;
    const [program = "", ...args] = this.#host.argv;
    const started = performance.now();
    try {
      this.#child = new Deno.Command(program, {
        args,
        cwd: place.cwd,
        clearEnv: true,
        env: { ...baseEnvironment(place), ...this.#host.env },
        detached: true,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    } catch (error) {
      this.#why = error instanceof Error ? error.message : String(error);
      return false;
    }
    this.#child.status.then((end) => this.#end = end);
    const limits = {
      bytesMax: place.outputBytesMax,
      onFlood: () => {
        this.#flooded = true;
        if (this.pid !== null) killNow(-this.pid);
      },
    };
    this.#outputs = [
      collect(this.#child.stdout, limits),
      collect(this.#child.stderr, limits),
    ];
    while (performance.now() - started < this.#host.readyWallMs) {
      if (this.#end !== null) return false;
      const log = () => this.#outputs.map((one) => one.text()).join("\n");
      if (await isReady(this.#host.ready, this.#script, log)) {
        this.readyMs = performance.now() - started;
        this.#closed = this.#closedPorts(this.#child.pid);
        if (this.#closed.length === 0) {
          this.#ready = this.#end === null;
          return this.#ready;
        }
      }
      await new Promise((resolve) =>
        setTimeout(resolve, this.#script.roundMs ?? ROUND_MS)
      );
    }
    this.#why = `not ready after ${this.#host.readyWallMs} ms`;
    return false;
  }

  /** Stops it, keeps its logs, and tells what was found. */
  async stop(others: readonly number[]): Promise<Finding[]> {
    const { place } = this.#script;
    const child = this.#child;
    if (child === null) {
      return [this.#finding("ready", false, {
        code: "host-died",
        expected: "a host that starts",
        observed: this.#why,
      })];
    }
    const died = this.#end;
    const ports = this.#ports(child.pid);
    let ignored = false;
    if (died === null) {
      const { signal, wallMs } = this.#host.stop;
      Deno.kill(child.pid, signal);
      const timer = setTimeout(() => {
        ignored = true;
        killNow(child.pid);
      }, wallMs);
      await child.status;
      clearTimeout(timer);
    }
    const { code } = await child.status;
    const left = await endFamily(child.pid, place, {
      before: this.#before,
      others,
    });
    await settle(this.#outputs);
    ["out", "err"].forEach((stream, index) =>
      Deno.writeFileSync(
        `${place.logs}/${this.name}.${stream}`,
        this.#outputs[index]?.bytes() ?? new Uint8Array(),
      )
    );
    const last = this.#lastWords();
    const ready = this.#finding("ready", this.#ready, {
      code: !this.#ready && died !== null ? "host-died" : "host-not-ready",
      expected: `ready within ${this.#host.readyWallMs} ms`,
      observed: this.#ready
        ? "ready"
        : died === null
        ? `${this.#why}${ports.words}`
        : `ended with exit code ${died.code}${last}`,
    });
    if (!this.#ready) return [ready, ports.finding];
    return [
      ready,
      this.#finding("alive", died === null, {
        code: "host-died",
        expected: "alive until it is told to stop",
        observed: died === null
          ? "alive"
          : `ended with exit code ${died.code}${last}`,
      }),
      ports.finding,
      this.#finding("output", !this.#flooded, {
        code: "host-flooded",
        expected: `at most ${place.outputBytesMax} bytes of output`,
        observed: this.#flooded ? "more" : "within that",
      }),
      ...(died === null ? [this.#stopFinding(ignored, code)] : []),
      this.#finding("children", left.length === 0, {
        code: "host-left-process",
        expected: "nothing left running",
        observed: left.length === 0 ? "nothing" : left.join(", "),
      }),
    ];
  }

  #stopFinding(ignored: boolean, code: number): Finding {
    const { signal, wallMs, code: wanted } = this.#host.stop;
    return this.#finding("stop", !ignored && code === wanted, {
      code: ignored ? "host-ignored-stop" : "host-exit-code",
      expected: `exit code ${wanted} within ${wallMs} ms of ${signal}`,
      observed: ignored ? "still running" : `exit code ${code}`,
    });
  }

  #members(pid: number) {
    const { place } = this.#script;
    return this.#end === null ? family(pid, place, this.#before) : [];
  }

  /** Its ports that none of its processes has open. */
  #closedPorts(pid: number): string[] {
    const open = openPorts(this.#members(pid), ["tcp", "udp"]);
    return open === null
      ? []
      : this.#host.ports.filter((name) =>
        !open.includes(this.#script.ports[name] ?? 0)
      );
  }

  #ports(pid: number): { finding: Finding; words: string } {
    const { ports } = this.#script;
    const expected = `no port but ${this.#host.ports.join(", ") || "none"}`;
    const open = openPorts(this.#members(pid), ["tcp"]);
    if (open === null) {
      const observed = "this host does not show who has which port open";
      return {
        words: "",
        finding: {
          id: `host/${this.name}/ports`,
          code: "host-other-port",
          status: "unchecked",
          expected,
          observed,
        },
      };
    }
    const own = this.#host.ports.map((name) => ports[name]);
    const strange = open.filter((port) => !own.includes(port));
    if (!this.#ready && this.#closed.length > 0) {
      const observed = `another process answers for ${this.#closed.join(", ")}`;
      return {
        words: `, ${observed}`,
        finding: this.#finding("ports", false, {
          code: "host-foreign-port",
          expected: "ports that the host itself has open",
          observed,
        }),
      };
    }
    return {
      words: strange.length === 0 ? "" : `, listening on ${strange.join(", ")}`,
      finding: this.#finding("ports", strange.length === 0, {
        code: "host-other-port",
        expected,
        observed: strange.length === 0
          ? "no other port"
          : `port ${strange.join(", ")}`,
      }),
    };
  }

  #lastWords(): string {
    const lines = this.#outputs.flatMap((one) => one.text().trim().split("\n"))
      .filter((line) => line !== "");
    return lines.length === 0 ? "" : `, ${quote(lines.at(-1) ?? "")}`;
  }

  #finding(
    aspect: string,
    holds: boolean,
    details: Pick<Finding, "code" | "expected" | "observed">,
  ): Finding {
    return {
      id: `host/${this.name}/${aspect}`,
      status: holds ? "pass" : "fail",
      ...details,
    };
  }
}
