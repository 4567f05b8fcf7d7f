import { spawn } from "node:child_process";
import { once } from "node:events";

/** Whoever cleans up after a test. */
export interface Cleanup {
  after(work: () => Promise<void>): void;
}

/** A running registry as our client and all others reach it. */
export interface Place {
  /** As the table names it. */
  name: string;
  /** `127.0.0.1:PORT`, or `localhost:PORT`. */
  host: string;
  /** Absent: everybody may do everything. */
  credentials?: { username: string; password: string };
  /** PEM file to trust. Absent: plain HTTP. */
  caFile?: string;
  /** Whether it lists referrers itself; else the tag that stands in for the list has to do. */
  hasReferrersApi: boolean;
}

/** Starts a server that runs until the test ends; resolves with the first line of its standard output. */
export async function startServer(t: Cleanup, program: string, args: readonly string[]): Promise<string> {
  const server = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  t.after(async () => {
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
  });
  const [line] = await once(server.stdout.setEncoding("utf8"), "data");
  return String(line).trim();
}
