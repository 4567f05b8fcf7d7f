import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startRegistry } from "@meshwasm/oras/registry";
import { meshwasm, meshwasmRun, type RunningCli } from "./cli.js";
import { get, valuesOf } from "./exchange.js";
import { Steps, show } from "./steps.js";
import { startUpstream } from "./upstream.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const keep = process.argv.includes("--keep");
const [setUpParts = "", setUpMillis = "0"] = process.argv.slice(process.argv.indexOf("--set-up") + 1);

const began = performance.now();
const steps = new Steps();
const interrupted = new AbortController();
// A reader that has seen enough, as `head` does, must not keep the demo from stopping what it started.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
process.on("SIGINT", () => interrupted.abort()).on("SIGTERM", () => interrupted.abort());
/** What was started, to be stopped in the opposite order. */
const started: { stop(): Promise<unknown> }[] = [];

try {
  await demo();
} catch (error) {
  if (interrupted.signal.aborted) console.log("interrupted");
  else console.error(`FAILED: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  for (const each of started.reverse()) await each.stop();
  if (!keep || process.exitCode) console.log("everything that was started is stopped");
}

async function demo(): Promise<void> {
  steps.done("set up", setUpParts, Number(setUpMillis));
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-demo-"));
  started.push({ stop: () => rm(folder, { recursive: true, force: true }) });

  const registry = await steps.run("registry", startRegistry, ({ host }) => `an OCI registry on ${host}`);
  started.push({ stop: () => registry.close() });

  // A copy, so that the demo leaves no trace in the checkout.
  const filter = join(folder, "hello");
  await cp(join(root, "examples", "hello"), filter, {
    recursive: true,
    filter: (path) => !/\/(build|node_modules)$/.test(path),
  });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));

  const build = await steps.run(
    "build",
    () => command<{ wasm: string; bytes: number; sha256: string }>("build", filter),
    ({ bytes, sha256 }) =>
      `examples/hello/assembly/index.ts → ${bytes} bytes, sha256 ${sha256.slice(0, 12)}…`,
  );
  await steps.run(
    "test",
    () => command<Record<"specs" | "cases" | "hostTests", { passed: number }>>("test", filter),
    ({ specs, cases, hostTests }) =>
      `in the in-process host: ${specs.passed + cases.passed + hostTests.passed} passed, 0 failed`,
  );
  const reference = `${registry.host}/filters/hello`;
  const pushed = await steps.run(
    "push",
    () =>
      command<{ ref: string; digest: string; loadableBy: string[] }>("push", filter, `${reference}:0.1.0`),
    ({ ref, digest, loadableBy }) =>
      `${ref} is ${digest.slice(0, 19)}…, loadable by ${loadableBy.join(", ")}`,
  );
  const pulled = await steps.run(
    "pull",
    () => command<{ wasm: string }>("pull", `${reference}@${pushed.digest}`, "-o", join(folder, "pulled")),
    () => "by that digest",
  );
  await steps.run(
    "compare",
    async () =>
      assert.ok((await readFile(pulled.wasm)).equals(await readFile(build.wasm)), "other bytes came back"),
    () => "the pulled module is the built one, byte for byte",
  );

  const upstream = await steps.run("upstream", startUpstream, ({ url }) => `a web server on ${url}`);
  started.push(upstream);
  const config = join(folder, "config.json");
  await writeFile(config, configuration("hello from the demo"));
  const envoy = await steps.run(
    "Envoy",
    () => run(pulled.wasm, config, upstream.url),
    ({ document }) => `a real Envoy with the pulled module on http://${document.listen}`,
  );

  await steps.run(
    "before",
    () => get(upstream.url, "/"),
    () => "straight to the upstream:",
  );
  show((await get(upstream.url, "/")).text);
  assert.deepEqual(
    valuesOf(await get(upstream.url, "/"), "x-hello"),
    [],
    "the upstream sends x-hello itself",
  );
  const origin = `http://${envoy.document.listen}`;
  const after = await steps.run(
    "after",
    () => get(origin, "/"),
    () => "through Envoy and the filter:",
  );
  show(after.text);
  assert.equal(after.status, 200);
  assert.deepEqual(valuesOf(after, "x-hello"), ["hello from the demo"], "the response must carry x-hello");

  const changed = "one line later";
  const updated = await steps.run(
    "change",
    async () => {
      await writeFile(config, configuration(changed));
      return Promise.race([untilGreets(origin, changed), envoy.failed]);
    },
    () => `one line of the configuration: greeting: ${changed}`,
  );
  show(updated.text);
  const seconds = ((performance.now() - began + Number(setUpMillis)) / 1000).toFixed(1);
  console.log(`Done in ${seconds} s: the same bytes were built, tested, published, pulled and loaded.`);
  if (keep) await waitForInterrupt(origin, config);
}

function command<T>(...args: string[]): Promise<T> {
  return meshwasm<T>(args, interrupted.signal);
}

async function run(wasm: string, config: string, upstream: string): Promise<RunningCli> {
  const args = [wasm, "--root-id", "hello", "--config", config, "--upstream", upstream, "--watch"];
  const running = await meshwasmRun(args);
  started.push(running);
  return running;
}

function configuration(greeting: string): string {
  return `${JSON.stringify({ greeting }, null, 2)}\n`;
}

async function untilGreets(origin: string, greeting: string) {
  for (let i = 0; i < 200; i++) {
    const exchanged = await get(origin, "/");
    if (valuesOf(exchanged, "x-hello").includes(greeting)) return exchanged;
    await sleep(50, undefined, { signal: interrupted.signal });
  }
  throw new Error(`the changed configuration did not reach the traffic within 10 s`);
}

async function waitForInterrupt(origin: string, config: string): Promise<void> {
  console.log(
    `\nStill running. Try:\n  curl -i ${origin}/\nChange ${config} and try again. Ctrl-C stops everything.`,
  );
  const timer = setInterval(() => {}, 1 << 30);
  await new Promise((resolve) => interrupted.signal.addEventListener("abort", resolve, { once: true }));
  clearInterval(timer);
}
