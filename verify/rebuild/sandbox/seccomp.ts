/**
 * A seccomp filter (seccomp(2), seccomp_data; classic BPF as of
 * linux/filter.h) for builds: it refuses what no build needs and what the
 * other walls rest on.
 *
 * - Namespaces and mounts, kernel modules, kexec, swap, clocks, keyrings, BPF,
 *   performance counters, userfaultfd: EPERM.
 * - Looking into or steering another process (ptrace, process_vm_*): EPERM;
 *   the shell that reports on a build is such a process.
 * - Sockets of other families than unix, IPv4, IPv6 and netlink: EAFNOSUPPORT.
 *   AF_VSOCK, for one, leads out of a network namespace to the host of a
 *   virtual machine.
 * - TIOCSTI, which types into a terminal: EPERM.
 * - clone3 and io_uring, whose arguments a filter cannot see: ENOSYS, upon
 *   which libraries take the older calls.
 * - System calls of another architecture, x32 included: ENOSYS. A 32-bit
 *   program does not run under it.
 *
 * @module
 */

const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

const RET_ALLOW = 0x7fff_0000;
const RET_ERRNO = 0x0005_0000;
const LOAD_WORD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const RETURN = 0x06;

/** Offsets in seccomp_data; of arguments the lower half, little endian. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const FIRST_ARGUMENT = 16;
const SECOND_ARGUMENT = 24;

/** TIOCSTI of asm-generic/ioctls.h. */
const TYPE_INTO_TERMINAL = 0x5412;
/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK. */
const FAMILIES = [1, 2, 10, 16];
/** __X32_SYSCALL_BIT. */
const X32 = 0x4000_0000;

interface Numbers {
  /** AUDIT_ARCH_* of linux/audit.h. */
  readonly architecture: number;
  readonly socket: number;
  readonly ioctl: number;
  readonly refused: readonly number[];
}

/** Numbers that are the same everywhere, since 5.1. */
const IO_URING_AND_CLONE3 = [425, 426, 427, 435];
/** open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, pidfd_getfd, mount_setattr. */
const NEW_MOUNTS = [428, 429, 430, 431, 432, 433, 438, 442];

const NUMBERS: Readonly<Record<string, Numbers>> = {
  // arch/x86/entry/syscalls/syscall_64.tbl
  "x86_64": {
    architecture: 0xc000_003e,
    socket: 41,
    ioctl: 16,
    // ptrace, syslog, vhangup, pivot_root, adjtimex, chroot, acct,
    // settimeofday, mount, umount2, swapon, swapoff, reboot, init_module,
    // delete_module, quotactl, clock_settime, kexec_load, add_key,
    // request_key, keyctl, unshare, perf_event_open, open_by_handle_at, setns,
    // process_vm_readv, process_vm_writev, kcmp, finit_module,
    // kexec_file_load, bpf, userfaultfd
    // deno-fmt-ignore
    refused: [
      101, 103, 153, 155, 159, 161, 163, 164, 165, 166, 167, 168, 169, 175,
      176, 179, 227, 246, 248, 249, 250, 272, 298, 304, 308, 310, 311, 312,
      313, 320, 321, 323,
    ],
  },
  // include/uapi/asm-generic/unistd.h
  "aarch64": {
    architecture: 0xc000_00b7,
    socket: 198,
    ioctl: 29,
    // The same calls: umount2, mount, pivot_root, chroot, vhangup, quotactl,
    // acct, unshare, kexec_load, init_module, delete_module, clock_settime,
    // syslog, ptrace, reboot, settimeofday, adjtimex, add_key, request_key,
    // keyctl, swapon, swapoff, perf_event_open, open_by_handle_at, setns,
    // process_vm_readv, process_vm_writev, kcmp, finit_module, bpf,
    // userfaultfd, kexec_file_load
    // deno-fmt-ignore
    refused: [
      39, 40, 41, 51, 58, 60, 89, 97, 104, 105, 106, 112, 116, 117, 142, 170,
      171, 217, 218, 219, 224, 225, 241, 265, 268, 270, 271, 272, 273, 280,
      282, 294,
    ],
  },
};

/** The filter as the kernel reads it; empty for an unknown architecture. */
export function seccompProgram(arch: string): Uint8Array {
  const numbers = NUMBERS[arch];
  return numbers === undefined ? new Uint8Array() : assembled(numbers);
}

type Instruction = readonly [
  code: number,
  whenTrue: number,
  whenFalse: number,
  value: number,
];

function assembled(numbers: Numbers): Uint8Array {
  const refuse = (error: number): Instruction => [
    RETURN,
    0,
    0,
    RET_ERRNO | error,
  ];
  const refuseNumber = (number: number, error: number): Instruction[] => [
    [JUMP_EQUAL, 0, 1, number],
    refuse(error),
  ];
  const families = FAMILIES.map((family, index): Instruction => [
    JUMP_EQUAL,
    FAMILIES.length - index,
    0,
    family,
  ]);
  const program: Instruction[] = [
    [LOAD_WORD, 0, 0, ARCHITECTURE],
    [JUMP_EQUAL, 1, 0, numbers.architecture],
    refuse(ENOSYS),
    [LOAD_WORD, 0, 0, NUMBER],
    [JUMP_AT_LEAST, 0, 1, X32],
    refuse(ENOSYS),
    ...IO_URING_AND_CLONE3.flatMap((number) => refuseNumber(number, ENOSYS)),
    ...[...numbers.refused, ...NEW_MOUNTS]
      .flatMap((number) => refuseNumber(number, EPERM)),
    // Past the loading of the family, its tests and the refusal.
    [JUMP_EQUAL, 0, families.length + 3, numbers.socket],
    [LOAD_WORD, 0, 0, FIRST_ARGUMENT],
    ...families,
    refuse(EAFNOSUPPORT),
    [RETURN, 0, 0, RET_ALLOW],
    [JUMP_EQUAL, 0, 3, numbers.ioctl],
    [LOAD_WORD, 0, 0, SECOND_ARGUMENT],
    ...refuseNumber(TYPE_INTO_TERMINAL, EPERM),
    [RETURN, 0, 0, RET_ALLOW],
  ];
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  program.forEach(([code, whenTrue, whenFalse, value], index) => {
    const at = index * 8;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, whenTrue);
    view.setUint8(at + 3, whenFalse);
    view.setUint32(at + 4, value, true);
  });
  return bytes;
}
