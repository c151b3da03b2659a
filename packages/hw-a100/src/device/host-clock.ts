/** Host time, ns: monotonic, with no meaning of its own. */
export const hostNs = (): number => performance.now() * 1e6;
