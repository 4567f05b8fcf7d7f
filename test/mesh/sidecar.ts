import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Part } from "../parts/part.js";
import { adminPort, type SidecarIdentity, sidecarBootstrap } from "./bootstrap.js";
import { inPodFilesystem, type Mount } from "./pod-filesystem.js";

/** A real Envoy as the sidecar of a pod. */
export class Sidecar {
  private constructor(
    private readonly part: Part,
    private readonly admin: string,
  ) {}

  /** Starts it and waits until its admin API answers; it may not be ready then. */
  static async start(
    envoy: string,
    folder: string,
    identity: SidecarIdentity,
    mounts: readonly Mount[],
  ): Promise<Sidecar> {
    const name = `${identity.namespace}.${identity.pod}`;
    const config = join(folder, `${name}.json`);
    await writeFile(config, JSON.stringify(sidecarBootstrap(identity)));
    const program = [
      ...[envoy, "-c", config, "--concurrency", "1", "--use-dynamic-base-id"],
      // As pilot-agent starts it.
      ...["--drain-time-s", "45", "--drain-strategy", "immediate", "--local-address-ip-version", "v4"],
      ...["-l", "warning", "--component-log-level", "misc:error"],
    ];
    const [command = "", ...args] = inPodFilesystem(mounts, program);
    const admin = `http://${identity.ip}:${adminPort}`;
    const log = join(folder, `${name}.log`);
    const part = await Part.start({ name: `the Envoy of ${name}`, command, args, log }, async () => {
      await fetch(`${admin}/ready`).then((response) => response.text());
      return true;
    });
    return new Sidecar(part, admin);
  }

  get running(): boolean {
    return this.part.running;
  }

  /** What its readiness probe says. */
  async ready(): Promise<boolean> {
    try {
      const response = await fetch(`${this.admin}/ready`, { signal: AbortSignal.timeout(2_000) });
      await response.text();
      return response.ok;
    } catch {
      return false;
    }
  }

  /** As pilot-agent ends it: no new connections, up to 5 s for those that are there, then the end. */
  async drainAndStop(): Promise<void> {
    const drain = `${this.admin}/drain_listeners?inboundonly&graceful`;
    await fetch(drain, { method: "POST" }).then(
      (response) => response.text(),
      () => {},
    );
    for (let waited = 0; waited < 5_000 && (await this.inboundConnections()) > 0; waited += 200)
      await sleep(200);
    await this.part.stop();
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.part.stop("SIGKILL");
  }

  private async inboundConnections(): Promise<number> {
    const filter = "^http\\.inbound.*downstream_cx_active|^listener\\..*downstream_cx_active";
    const url = `${this.admin}/stats?filter=${encodeURIComponent(filter)}`;
    const text = await fetch(url).then(
      (response) => response.text(),
      () => "",
    );
    // Those of the admin API and of the metrics do not count.
    const lines = text.split("\n").filter((line) => !/admin|_15090|_15000/.test(line));
    return lines.reduce((sum, line) => sum + Number(/: (\d+)$/.exec(line)?.[1] ?? 0), 0);
  }
}
