/**
 * Loading the seccomp filter where bubblewrap is absent. The util-linux of
 * most hosts has no program for it, so Perl, which is part of every Debian and
 * Ubuntu, makes the system call and becomes the command. A filter stays with a
 * process through all that it becomes and starts.
 *
 * @module
 */

import { seccompProgram } from "./seccomp.ts";

/** Where Perl lies in every sandbox, if it is there. */
export const PERL = "/usr/bin/perl";

/** Number of prctl(2) by architecture. */
const PRCTL: ReadonlyMap<string, number> = new Map([
  ["x86_64", 157],
  ["aarch64", 167],
]);

/**
 * PR_SET_SECCOMP with SECCOMP_MODE_FILTER and a struct sock_fprog; whoever
 * calls has `no_new_privs`.
 */
const LOAD = `
my ($prctl, $filter) = (int shift, pack "H*", shift);
my $program = pack "S x![P] P", length($filter) / 8, $filter;
syscall($prctl, 22, 2, $program) == 0 or die "seccomp: $!\\n";
exec {$ARGV[0]} @ARGV or die "$ARGV[0]: $!\\n";
`;

/** Words that load the filter and become what follows; none where none is. */
export function loadFilter(arch: string): string[] {
  const prctl = PRCTL.get(arch);
  const program = seccompProgram(arch);
  return prctl === undefined || program.length === 0
    ? []
    : [PERL, "-e", LOAD, String(prctl), program.toHex()];
}
