/**
 * What is set up around bubblewrap, because bubblewrap itself cannot: the NIS
 * domain (setdomainname(2)), which its UTS namespace takes over from the one
 * around it, and the overlay of an ordered source. unshare(1) makes the
 * namespaces for that, a shell sets them up and becomes bubblewrap, so that
 * there is no process more.
 *
 * @module
 */

import { MOUNT_ORDERED, orderedPlaces } from "./ordered_source.ts";
import type { Job } from "./sandbox.ts";

/**
 * Shell words that set the NIS domain to `$domain`. Writing the file starts no
 * process, but only root of the host may; domainname(1) makes the system call.
 */
export const SET_DOMAIN =
  '{ { echo "$domain" >/proc/sys/kernel/domainname; } 2>/dev/null || domainname "$domain"; }';

/** The start of a command line; what is to be run inside follows. */
export const AROUND: readonly string[] = [
  "unshare",
  ...["--user", "--map-root-user", "--mount", "--propagation", "private"],
  ...["--uts", "/bin/sh", "-ec"],
];

/** The command that sets up what is around and becomes another. */
export function around(job: Job, command: readonly string[]): string[] {
  const { run, below, merged } = orderedPlaces(job.places) ?? {};
  return [
    ...AROUND,
    `domain=$1; run=$2; below=$3; merged=$4; shift 4
${SET_DOMAIN}
${below === undefined ? "" : MOUNT_ORDERED}exec "$@"`,
    "sh",
    ...[job.surroundings.domainName, run ?? "", below ?? "", merged ?? ""],
    ...command,
  ];
}
