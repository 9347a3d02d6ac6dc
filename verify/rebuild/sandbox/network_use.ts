/**
 * Whether a build tried to use the network, told from the counters of its own
 * network namespace (proc_pid_net(5), RFC 4293 and RFC 4022): in one without a
 * way out, each packet or connection for elsewhere adds to OutNoRoutes of IPv4
 * or IPv6, and so does a question for a name, since the only name server lies
 * elsewhere. A connection to the loopback that nobody takes, such as to a
 * proxy that listens on the host, adds to AttemptFails of TCP or NoPorts of
 * UDP.
 *
 * What it does not see: how often, to where, and anything that never becomes
 * a packet, such as a proxy variable that is read. A build that starts its own
 * server and asks it too early is counted as refused.
 *
 * @module
 */

/** What a step tried. */
export interface NetworkUse {
  /** Packets and connections for elsewhere. */
  readonly unreachable: number;
  /** Connections to the loopback that nobody took. */
  readonly refused: number;
}

const UNREACHABLE = ["Ip:OutNoRoutes", "Ip6OutNoRoutes"];
const REFUSED = ["Tcp:AttemptFails", "Udp:NoPorts", "Udp6NoPorts"];

/**
 * Reads what stands behind the last line `counters`; the namespace is new, so
 * that all of it is the step's.
 *
 * @returns Null when there is nothing: then nothing is known.
 */
export function networkUse(text: string): NetworkUse | null {
  const lines = text.split("\n");
  const found = countersOf(lines.slice(lines.lastIndexOf("counters") + 1));
  if (!found.has("Ip:OutNoRoutes") || !found.has("Tcp:AttemptFails")) {
    return null;
  }
  const sum = (names: readonly string[]) =>
    names.reduce((total, name) => total + (found.get(name) ?? 0), 0);
  return { unreachable: sum(UNREACHABLE), refused: sum(REFUSED) };
}

function countersOf(lines: readonly string[]): Map<string, number> {
  const counters = new Map<string, number>();
  const heads = new Map<string, string[]>();
  for (const line of lines) {
    const [name = "", ...rest] = line.split(/\s+/);
    if (!name.endsWith(":")) {
      counters.set(name, Number(rest[0]));
      continue;
    }
    const head = heads.get(name);
    if (head === undefined) heads.set(name, rest);
    else {
      head.forEach((key, index) =>
        counters.set(`${name}${key}`, Number(rest[index]))
      );
    }
  }
  return counters;
}
