/**
 * The sandbox of bubblewrap (bwrap(1)): user, mount, PID, network, UTS and
 * IPC namespaces of its own, no capabilities, no further user namespaces, and
 * a seccomp filter (`seccomp.ts`).
 *
 * @module
 */

import { around } from "./around.ts";
import {
  ContainedSandbox,
  networkFiles,
  OFFLINE_ETC,
  OWN_ETC,
} from "./contained.ts";
import { INNER, innerArguments, withPrefixes } from "./inner.ts";
import { systemMounts, toolMounts } from "./mounts.ts";
import type { Mount } from "./mounts.ts";
import type { Job } from "./sandbox.ts";
import { seccompProgram } from "./seccomp.ts";

/** Runs steps under bubblewrap. */
export class Bubblewrap extends ContainedSandbox {
  readonly isolation = "bubblewrap";
  /** Bubblewrap has two processes of its own, and the inner shell is one. */
  readonly ownProcesses = 3;

  protected override filter(): Uint8Array {
    return seccompProgram(this.host.arch);
  }

  protected override argv(job: Job): string[] {
    const { places, inside, surroundings } = job;
    const own = (name: string): Mount => ({
      kind: "read",
      from: `${places.control}/${name}`,
      at: `/etc/${name}`,
    });
    const { temporary } = places;
    const command = [
      this.host.bubblewrap ?? "bwrap",
      ...["--json-status-fd", "3"],
      ...["--unshare-all", "--unshare-user", "--disable-userns"],
      ...(job.network ? ["--share-net"] : []),
      ...["--uid", String(surroundings.userId)],
      ...["--gid", String(surroundings.groupId), "--cap-drop", "ALL"],
      ...["--die-with-parent", "--new-session"],
      ...(seccompProgram(this.host.arch).length === 0
        ? []
        : ["--seccomp", "7"]),
      ...["--hostname", surroundings.hostName],
      ...systemMounts().flatMap(mountArguments),
      ...["--proc", "/proc", "--dev", "/dev"],
      ...["--bind", `${temporary}/shm`, "/dev/shm", "--remount-ro", "/dev"],
      ...["--bind", `${temporary}/tmp`, "/tmp"],
      ...["--bind", `${temporary}/var-tmp`, "/var/tmp"],
      ...OWN_ETC.map(own).flatMap(mountArguments),
      ...(job.network
        ? networkFiles(job.env).flatMap(([from, at]) => ["--ro-bind", from, at])
        : OFFLINE_ETC.map(own).flatMap(mountArguments)),
      ...["--ro-bind", `${this.work}/bin`, this.scripts],
      ...["--bind", places.home, inside.home],
      ...["--bind", this.sourceOf(job), inside.source],
      ...["--bind", places.prepared, inside.prepared],
      ...toolMounts({ tools: job.toolRoots, hidden: this.hidden })
        .flatMap(mountArguments),
      ...["--remount-ro", "/", "--chdir", job.cwd, "--clearenv"],
      ...Object.entries(job.env).flatMap(([name, value]) => [
        "--setenv",
        name,
        value,
      ]),
      ...["--", "/bin/sh", "-c", INNER, "sh"],
      ...innerArguments(job, withPrefixes(job, this.host)),
    ];
    return this.host.aroundReason === null ? around(job, command) : command;
  }
}

/** A mount as bwrap(1) takes it. */
export function mountArguments(mount: Mount): string[] {
  switch (mount.kind) {
    case "read":
      return ["--ro-bind", mount.from, mount.at];
    case "link":
      return ["--symlink", mount.to, mount.at];
    case "empty":
      return ["--tmpfs", mount.at];
    case "nothing":
      return ["--ro-bind", "/dev/null", mount.at];
  }
}
