/**
 * The domain of the host: that of DNS in the sandbox's own hosts file, from
 * which `hostname -f` and getaddrinfo(3) with AI_CANONNAME read it, and the same
 * as the NIS domain (getdomainname(2)).
 *
 * @module
 */

import type { Axis } from "./axis.ts";

/** The axis `domain-name`; below `.test`, which RFC 6761 keeps free. */
export const domainName: Axis = {
  name: "domain-name",
  draw: (random, host) =>
    host.isolation === "none"
      ? {
        control: "of the host",
        varied: "of the host",
        notVaried: "needs a hosts file of its own; there is no sandbox",
      }
      : {
        control: "control.test",
        varied: `${random.word(10)}.test`,
        ...(host.aroundReason === null ? {} : { notVaried: host.aroundReason }),
      },
  apply: (value, surroundings) => {
    if (value !== "of the host") surroundings.domainName = value;
  },
  canaries: (value) => value === "of the host" ? [] : [value],
  aligned: ({ control }, random) =>
    control === "of the host"
      ? control
      : `${random.word("control".length)}.test`,
  construct: "the domain of the host that builds (hostname -f, domainname)",
  fix: "Leave it out, or take it from the release instead.",
};
