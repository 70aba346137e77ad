import { networkInterfaces } from "node:os";

/** Whether this machine can talk to itself over IPv6. */
export const hasIpv6: boolean = Object.values(networkInterfaces()).some((all) =>
  all?.some((each) => each.address === "::1"),
);
