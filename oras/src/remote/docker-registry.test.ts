import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { authContract, contract, registryContract } from "../testing/registry-contract.js";

const credentials = { username: "tester", password: "testpass123" };
// bcrypt of that password, cost 5.
const htpasswd = "tester:$2y$05$abcdefghijklmnopqrstuuFFP0VZg2z5IyfjKcDAt0Dd0lbOvQ.Hu\n";
const binary = findBinary();

for (const withAuth of [false, true]) {
  test(`the contract on Debian's docker-registry${withAuth ? " with htpasswd" : ""}`, async (t) => {
    if (!binary) {
      const reason = "docker-registry is not installed: apt-get install docker-registry";
      if (process.env.CI === "true") throw new Error(reason);
      return t.skip(reason);
    }
    const folder = mkdtempSync(join(tmpdir(), "meshwasm-registry-"));
    const port = await freePort();
    const server = await start(binary, folder, port, withAuth);
    try {
      const subject = { host: `127.0.0.1:${port}`, options: withAuth ? { credentials } : {} };
      for (const [index, [name, step]] of [
        ...contract,
        ...registryContract,
        ...(withAuth ? authContract : []),
      ].entries()) {
        await t.test(name, () => step(subject, `contract/r${index}`));
      }
    } finally {
      server.kill();
      if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

async function start(
  program: string,
  folder: string,
  port: number,
  withAuth: boolean,
): Promise<ChildProcess> {
  const auth = withAuth ? `auth: {htpasswd: {realm: test, path: ${join(folder, "htpasswd")}}}\n` : "";
  writeFileSync(join(folder, "htpasswd"), htpasswd);
  writeFileSync(
    join(folder, "config.yml"),
    `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n` +
      `storage: {filesystem: {rootdirectory: ${join(folder, "data")}}, delete: {enabled: true}}\n` +
      `http: {addr: "127.0.0.1:${port}"}\n${auth}`,
  );
  const server = spawn(program, ["serve", join(folder, "config.yml")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  server.stderr.on("data", (chunk) => {
    output = `${output}${chunk}`.slice(-2000);
  });
  for (let attempt = 0; attempt < 100; attempt++) {
    if (server.exitCode !== null) break;
    const answered = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined);
    if (answered) return server;
    await sleep(100);
  }
  server.kill();
  throw new Error(`docker-registry did not start: ${output}`);
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
