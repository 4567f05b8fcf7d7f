import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Cleanup, temporaryFolder } from "./filter-folder.js";

/** The user of a registry with authentication. */
export const tester = { username: "tester", password: "testpass123" };
// bcrypt of that password, cost 5.
const htpasswd = "tester:$2y$05$abcdefghijklmnopqrstuuFFP0VZg2z5IyfjKcDAt0Dd0lbOvQ.Hu\n";

/**
 * Starts Debian's docker-registry on a free port of loopback until the test ends; undefined: it is not installed.
 *
 * @returns `127.0.0.1:PORT`
 */
export async function startDockerRegistry(
  t: Cleanup,
  options: { auth: boolean },
): Promise<string | undefined> {
  const binary = findBinary();
  if (!binary) return undefined;
  const folder = await temporaryFolder(t);
  const host = `127.0.0.1:${await freePort()}`;
  const auth = options.auth ? `auth: {htpasswd: {realm: test, path: ${join(folder, "htpasswd")}}}\n` : "";
  await writeFile(join(folder, "htpasswd"), htpasswd);
  await writeFile(
    join(folder, "config.yml"),
    `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n` +
      `storage: {filesystem: {rootdirectory: ${join(folder, "data")}}, delete: {enabled: true}}\n` +
      `http: {addr: "${host}"}\n${auth}`,
  );
  const server = spawn(binary, ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  t.after(async () => {
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
  });
  for (let attempt = 0; attempt < 100 && server.exitCode === null; attempt++) {
    if (await fetch(`http://${host}/v2/`).catch(() => undefined)) return host;
    await sleep(100);
  }
  throw new Error("docker-registry did not start");
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
