/**
 * The ports of a trial. In a sandbox the loopback is the trial's own and the
 * numbers are always the same; without one they are free ports of this host,
 * and differ from run to run.
 *
 * @module
 */

const FIRST = 20_001;

/** A number for each name. */
export function givePorts(
  names: readonly string[],
  options: { readonly isolated: boolean },
): Record<string, number> {
  if (options.isolated) {
    return Object.fromEntries(
      names.map((name, index) => [name, FIRST + index]),
    );
  }
  // All are held until the last is known, so that no two are the same.
  const listeners = names.map(() =>
    Deno.listen({ hostname: "127.0.0.1", port: 0 })
  );
  const ports = listeners.map((listener) => listener.addr.port);
  for (const listener of listeners) listener.close();
  return Object.fromEntries(
    names.map((name, index) => [name, ports[index] ?? 0]),
  );
}
