/**
 * The sandbox of unshare(1), for hosts without bubblewrap: the same namespaces
 * and the same places, set up by a shell with the tools of util-linux, without
 * root.
 *
 * The shell becomes root of a user namespace, which lets it mount what is to
 * be seen on an empty root, turn to it with pivot_root(8) and let go of the
 * host's. It stays the first process of the PID namespace and reports. The
 * build runs in a user namespace below, as a plain user without capabilities
 * and with `no_new_privs`; that is the last such namespace, and from it the
 * shell can be neither ended nor looked into.
 *
 * What bubblewrap has and this has not: the seccomp filter. A build can open
 * sockets of families that no network namespace holds, such as AF_VSOCK.
 *
 * @module
 */

import {
  ContainedSandbox,
  networkFiles,
  OFFLINE_ETC,
  OWN_ETC,
} from "./contained.ts";
import { INNER, innerArguments, quoted, withPrefixes } from "./inner.ts";
import { type Mount, systemMounts, toolMounts } from "./mounts.ts";
import type { Job } from "./sandbox.ts";

/** Functions of the plan that `plan` writes. */
const MOUNTING = `
set -e
root=$1; shift
place() {
  if [ -d "$1" ]; then mkdir -p "$root$2"; return; fi
  if [ -e "$root$2" ]; then return; fi
  mkdir -p "$root\${2%/*}"; : >"$root$2"
}
# One call where the host's mount has no flags of its own; those are locked.
read_only() {
  place "$1" "$2"
  mount -o bind,ro "$1" "$root$2" 2>/dev/null && return
  mount --rbind "$1" "$root$2"
  cat /proc/self/mountinfo >"$root/mounts"
  while read -r _ _ _ _ point flags _; do
    point=$(printf "$(printf %s "$point" | sed s/%/%%/g)")
    case "$point" in "$root$2"|"$root$2"/*) ;; *) continue ;; esac
    mount -o "remount,bind,ro\${flags#r[wo]}" "$point"
  done <"$root/mounts"
}
writable() { place "$1" "$2"; mount --bind "$1" "$root$2"; }
link() { mkdir -p "$root\${2%/*}"; ln -s "$1" "$root$2"; }
empty() { mount -t tmpfs tmpfs "$root$1"; }
nothing() { mount --bind /dev/null "$root$1"; }
device() { : >"$root/dev/$1"; mount --bind "/dev/$1" "$root/dev/$1"; }
devices() {
  mkdir "$root/dev" "$root/dev/pts" "$root/dev/shm"
  for name in null zero full random urandom tty; do device "$name"; done
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  for end in 0/stdin 1/stdout 2/stderr; do
    ln -s "/proc/self/fd/\${end%/*}" "$root/dev/\${end#*/}"
  done
}
turn() {
  mkdir "$root/host" "$root/proc"
  mount -t proc proc "$root/proc"
  cd "$root"
  pivot_root . host
  cd /
  umount -l /host
  rmdir /host
  rm -f /mounts
  mount -o remount,bind,ro /
}
mount -t tmpfs -o mode=755 tmpfs "$root"
`;

/** Runs steps under unshare. */
export class Unshare extends ContainedSandbox {
  readonly isolation = "unshare";
  /** unshare itself and the shell below it. */
  readonly ownProcesses = 2;

  protected override filter(): Uint8Array {
    return new Uint8Array();
  }

  protected override argv(job: Job): string[] {
    const { surroundings } = job;
    const inner = innerArguments(job, [
      ...["unshare", "--user", "--map-user", String(surroundings.userId)],
      ...["--map-group", String(surroundings.groupId), "--"],
      ...["setpriv", "--no-new-privs", "--"],
      ...["env", "-i", "-C", job.cwd],
      ...Object.entries(job.env).map(([name, value]) => `${name}=${value}`),
      ...withPrefixes(job, this.host),
    ]);
    return [
      ...["unshare", "--user", "--map-root-user", "--mount"],
      ...["--propagation", "private", "--pid", "--fork", "--kill-child"],
      ...["--uts", "--ipc", ...(job.network ? [] : ["--net"]), "--cgroup"],
      ...["/bin/sh", "-c", this.#script(job), "sh"],
      `${job.places.control}/root`,
      ...inner,
    ];
  }

  #script(job: Job): string {
    const { surroundings, network } = job;
    Deno.mkdirSync(`${job.places.control}/root`, { recursive: true });
    return [
      MOUNTING,
      ...this.#plan(job),
      `hostname ${quoted(surroundings.hostName)}`,
      ...(network
        ? []
        : ["ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null || :"]),
      "turn",
      "echo 1 >/proc/sys/user/max_user_namespaces",
      "set +e",
      REACHED,
      INNER,
    ].join("\n");
  }

  #plan({ places, inside, env, network, toolRoots }: Job): string[] {
    const call = (name: string, ...words: string[]) =>
      [name, ...words.map(quoted)].join(" ");
    const mount = (mount: Mount) => {
      switch (mount.kind) {
        case "read":
          return call("read_only", mount.from, mount.at);
        case "link":
          return call("link", mount.to, mount.at);
        case "empty":
          return call("empty", mount.at);
        case "nothing":
          return call("nothing", mount.at);
      }
    };
    const own = (name: string) =>
      call("read_only", `${places.control}/${name}`, `/etc/${name}`);
    const { temporary } = places;
    return [
      ...systemMounts().map(mount),
      "devices",
      call("writable", `${temporary}/shm`, "/dev/shm"),
      call("writable", `${temporary}/tmp`, "/tmp"),
      call("writable", `${temporary}/var-tmp`, "/var/tmp"),
      ...OWN_ETC.map(own),
      ...(network
        ? networkFiles(env).map(([from, at]) => call("read_only", from, at))
        : OFFLINE_ETC.map(own)),
      call("read_only", `${this.work}/bin`, this.scripts),
      call("writable", places.home, inside.home),
      call("writable", places.source, inside.source),
      call("writable", places.prepared, inside.prepared),
      ...toolMounts({ tools: toolRoots, hidden: this.hidden }).map(mount),
    ];
  }
}

/** The word on handle 3 that the inner shell was reached. */
const REACHED = `trap 'echo "{\\"exit-code\\": $?}" >&3' EXIT`;
