import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Cleanup, temporaryFolder } from "./filter-folder.js";

/** The user of a registry with authentication. */
export const tester = { username: "tester", password: "testpass123" };
// bcrypt of that password, cost 5.
const htpasswd = "tester:$2y$05$abcdefghijklmnopqrstuuFFP0VZg2z5IyfjKcDAt0Dd0lbOvQ.Hu\n";

/** How {@link startDockerRegistry} starts. */
export interface DockerRegistryOptions {
  /** Whether it wants the password of {@link tester} with each request. */
  auth: boolean;
  /** PEM files. Absent: plain HTTP. */
  tls?: { certFile: string; keyFile: string };
  /** Its `auth.token` section: whose tokens it takes. Absent: none. */
  token?: { realm: string; service: string; issuer: string; rootcertbundle: string };
}

/**
 * Starts Debian's docker-registry on a free port of loopback until the test ends; undefined: it is not installed.
 *
 * @returns `127.0.0.1:PORT`
 */
export async function startDockerRegistry(
  t: Cleanup,
  options: DockerRegistryOptions,
): Promise<string | undefined> {
  const binary = findBinary();
  if (!binary) return undefined;
  const folder = await temporaryFolder(t);
  const host = `127.0.0.1:${await freePort()}`;
  const { tls, token } = options;
  const auth = {
    ...(options.auth && { htpasswd: { realm: "test", path: join(folder, "htpasswd") } }),
    ...(token && { token }),
  };
  const http = { addr: host, ...(tls && { tls: { certificate: tls.certFile, key: tls.keyFile } }) };
  await writeFile(join(folder, "htpasswd"), htpasswd);
  await writeFile(
    join(folder, "config.yml"),
    `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n` +
      `storage: {filesystem: {rootdirectory: ${join(folder, "data")}}, delete: {enabled: true}}\n` +
      `http: ${JSON.stringify(http)}\n${Object.keys(auth).length > 0 ? `auth: ${JSON.stringify(auth)}\n` : ""}`,
  );
  const server = spawn(binary, ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  t.after(async () => {
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
  });
  for (let attempt = 0; attempt < 100 && server.exitCode === null; attempt++) {
    if (await isListening(host)) return host;
    await sleep(50);
  }
  throw new Error("docker-registry did not start");
}

function isListening(host: string): Promise<boolean> {
  const [address = "", port] = host.split(":");
  return new Promise((resolve) => {
    const socket = connect(Number(port), address, () => {
      socket.destroy();
      resolve(true);
    }).once("error", () => resolve(false));
  });
}

function findBinary(): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin"].filter(
    (folder) => folder !== "",
  );
  return folders
    .map((folder) => join(folder, "docker-registry"))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
