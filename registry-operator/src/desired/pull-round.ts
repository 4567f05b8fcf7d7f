import { createHash } from "node:crypto";

/** Where a filter is in the schedule by which its tag is resolved again. */
export interface PullRound {
  /** When the present round began, milliseconds since 1970. */
  began: number;
  /** Milliseconds to the next one, above 0. */
  after: number;
}

/**
 * The rounds of one length are spread by a hash, so that the tags of many filters are not all asked for at once, and are the
 * same for each process, so that a restart asks for none.
 *
 * @param uid of the FilterDeployment
 * @param interval milliseconds, above 0
 * @param now milliseconds since 1970
 */
export function pullRound(uid: string, interval: number, now: number): PullRound {
  const offset = createHash("sha256").update(uid).digest().readUInt32BE(0) % interval;
  const began = Math.floor((now - offset) / interval) * interval + offset;
  return { began, after: began + interval - now };
}
