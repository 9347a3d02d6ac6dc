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
 * The seccomp filter is loaded by Perl (`filter_loader.ts`). On a host without
 * Perl there is none, and a build can open sockets of families that no network
 * namespace holds, such as AF_VSOCK.
 *
 * @module
 */

import { SET_DOMAIN } from "./around.ts";
import {
  ContainedSandbox,
  networkFiles,
  OFFLINE_ETC,
  OWN_ETC,
} from "./contained.ts";
import { loadFilter } from "./filter_loader.ts";
import { INNER, innerArguments, quoted, withPrefixes } from "./inner.ts";
import { type Mount, systemMounts, toolMounts } from "./mounts.ts";
import { MOUNT_ORDERED, orderedPlaces } from "./ordered_source.ts";
import type { Job } from "./sandbox.ts";

/**
 * Mounts what the table lists below the root, then turns to it. A mount of the
 * host with flags of its own, such as `nodev`, keeps them in a user namespace,
 * and to make it read-only without naming them is refused; those are then made
 * one by one.
 */
const MOUNTING = `
set -e
root=$1; table=$2; shift 2
one_by_one() {
  while read -r from at kind options _; do
    at=$(printf "$(printf %s "$at" | sed s/%/%%/g)")
    from=$(printf "$(printf %s "$from" | sed s/%/%%/g)")
    if [ "$kind" != none ]; then
      mount -t "$kind" -o "$options" "$from" "$at"
    elif [ "$options" = bind ]; then
      mount --bind "$from" "$at"
    else
      mount --rbind "$from" "$at"
      cat /proc/self/mountinfo >"$root/mounts"
      while read -r _ _ _ _ point flags _; do
        point=$(printf "$(printf %s "$point" | sed s/%/%%/g)")
        case "$point" in "$at"|"$at"/*) ;; *) continue ;; esac
        mount -o "remount,bind,ro\${flags#r[wo]}" "$point"
      done <"$root/mounts"
    fi
  done <"$table"
}
undone() {
  umount -R "$root"
  mount -t tmpfs -o mode=755 tmpfs "$root"
}
turn() {
  cd "$root"
  pivot_root . host
  cd /
  umount -l /host
  rm -rf /host /mounts
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
      // Before the build's own environment, which Perl would listen to.
      ...(this.host.filterReason === null ? loadFilter(this.host.arch) : []),
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
      `${job.places.control}/table`,
      ...inner,
    ];
  }

  #script(job: Job): string {
    const { surroundings, network, places } = job;
    const root = `${places.control}/root`;
    Deno.mkdirSync(root, { recursive: true });
    const entries = this.#entries(job);
    makePointsBelowWritable(entries);
    Deno.writeTextFileSync(
      `${places.control}/table`,
      [...entries, ...DEVICE_FILE_SYSTEMS].map((entry) =>
        tableLine(root, entry)
      ).join(""),
    );
    return [
      MOUNTING,
      // In a function, since it is done anew where mounting at once fails.
      `prepare() {\n${prepared(root, entries).join("\n")}\n}`,
      "prepare",
      ...ordered(job),
      'mount -a -T "$table" 2>/dev/null || { undone; prepare; one_by_one; }',
      `hostname ${quoted(surroundings.hostName)}`,
      ...(this.host.aroundReason === null
        ? [`domain=${quoted(surroundings.domainName)}`, SET_DOMAIN]
        : []),
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

  #entries(job: Job): Entry[] {
    const { places, inside, env, network, toolRoots } = job;
    const { temporary } = places;
    const own = (name: string): Entry => ({
      kind: "read",
      from: `${places.control}/${name}`,
      at: `/etc/${name}`,
    });
    const write = (from: string, at: string): Entry => ({
      kind: "write",
      from,
      at,
    });
    return [
      ...systemMounts(),
      ...DEVICES.map((name) => write(`/dev/${name}`, `/dev/${name}`)),
      write(`${temporary}/shm`, "/dev/shm"),
      write(`${temporary}/tmp`, "/tmp"),
      write(`${temporary}/var-tmp`, "/var/tmp"),
      ...OWN_ETC.map(own),
      ...(network
        ? networkFiles(env).map(([from, at]): Entry => ({
          kind: "read",
          from,
          at,
        }))
        : OFFLINE_ETC.map(own)),
      { kind: "read", from: `${this.work}/bin`, at: this.scripts },
      write(places.home, inside.home),
      write(this.sourceOf(job), inside.source),
      write(places.prepared, inside.prepared),
      ...toolMounts({ tools: toolRoots, hidden: this.hidden }),
    ];
  }
}

/** What is mounted: as for every sandbox, or writable. */
type Entry =
  | Mount
  | { readonly kind: "write"; readonly from: string; readonly at: string }
  | {
    readonly kind: "file-system";
    readonly type: string;
    readonly options: string;
    readonly at: string;
  };

const DEVICES = ["null", "zero", "full", "random", "urandom", "tty"];
const DEVICE_FILE_SYSTEMS: readonly Entry[] = [
  { kind: "file-system", type: "proc", options: "defaults", at: "/proc" },
  {
    kind: "file-system",
    type: "devpts",
    options: "newinstance,ptmxmode=0666,mode=620",
    at: "/dev/pts",
  },
];

/**
 * Makes, in the directory of the run, the places to mount on that lie below a
 * writable one: what is made on the empty root is covered there.
 */
function makePointsBelowWritable(entries: readonly Entry[]): void {
  for (const [index, entry] of entries.entries()) {
    if (entry.kind !== "read") continue;
    const over = entries.slice(0, index).findLast((other) =>
      other.kind === "write" && entry.at.startsWith(`${other.at}/`)
    );
    if (over?.kind !== "write") continue;
    const point = `${over.from}${entry.at.slice(over.at.length)}`;
    if (Deno.statSync(entry.from).isDirectory) {
      Deno.mkdirSync(point, { recursive: true });
    } else {
      Deno.mkdirSync(point.replace(/\/[^/]*$/, ""), { recursive: true });
      Deno.writeTextFileSync(point, "", { append: true });
    }
  }
}

/** A line of fstab(5); links and empty files need none of their own. */
function tableLine(root: string, entry: Entry): string {
  const line = (from: string, type: string, options: string) =>
    `${escaped(from)} ${escaped(root + entry.at)} ${type} ${options} 0 0\n`;
  switch (entry.kind) {
    case "read":
      return line(entry.from, "none", "bind,ro");
    case "write":
      return line(entry.from, "none", "bind");
    case "empty":
      return line("tmpfs", "tmpfs", "ro");
    case "nothing":
      return line("/dev/null", "none", "bind");
    case "file-system":
      return line(entry.type, entry.type, entry.options);
    case "link":
      return "";
  }
}

/** Blanks and backslashes of a path as fstab(5) has them. */
function escaped(path: string): string {
  return path.replace(
    /[\s\\]/g,
    (text) => `\\${text.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
}

/** Shell lines that make the places to mount on, and the links. */
function prepared(root: string, entries: readonly Entry[]): string[] {
  const folders = new Set([`${root}/host`, `${root}/proc`, `${root}/dev/pts`]);
  const files: string[] = [];
  const links: string[] = [
    ["pts/ptmx", "/dev/ptmx"],
    ["/proc/self/fd", "/dev/fd"],
    ["/proc/self/fd/0", "/dev/stdin"],
    ["/proc/self/fd/1", "/dev/stdout"],
    ["/proc/self/fd/2", "/dev/stderr"],
  ].map(([to = "", at = ""]) => `ln -s ${to} ${quoted(root + at)}`);
  for (const entry of entries) {
    const at = root + entry.at;
    if (entry.kind === "empty" || entry.kind === "nothing") continue;
    if (entry.kind === "link") {
      folders.add(at.replace(/\/[^/]*$/, ""));
      links.push(`ln -s ${quoted(entry.to)} ${quoted(at)}`);
    } else if (entry.kind !== "file-system") {
      if (Deno.statSync(entry.from).isDirectory) folders.add(at);
      else {
        folders.add(at.replace(/\/[^/]*$/, ""));
        files.push(at);
      }
    }
  }
  return [
    `mkdir -p ${[...folders].map(quoted).join(" ")}`,
    ...files.map((path) => `: >${quoted(path)}`),
    ...links,
  ];
}

/** Shell lines that mount the overlay of an ordered source. */
function ordered(job: Job): string[] {
  const places = orderedPlaces(job.places);
  return places === undefined ? [] : [
    ...Object.entries(places).map(([name, path]) => `${name}=${quoted(path)}`),
    MOUNT_ORDERED,
  ];
}

/** The word on handle 3 that the inner shell was reached. */
const REACHED = `trap 'echo "{\\"exit-code\\": $?}" >&3' EXIT`;
