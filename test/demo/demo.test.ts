import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { requireEnvoy } from "../parts/envoy.js";

const script = fileURLToPath(new URL("../../scripts/demo.mjs", import.meta.url));

/** A demo whose temporary files are in a folder of our own, so that what it leaves behind is seen. */
class Demo {
  text = "";
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;

  constructor(temporary: string, args: string[] = []) {
    const env = { ...process.env, TMPDIR: temporary };
    this.#child = spawn(process.execPath, [script, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout?.on("data", (chunk) => (this.text += chunk));
    this.#child.stderr?.on("data", (chunk) => (this.text += chunk));
    this.#closed = once(this.#child, "close");
  }

  /** Waits until it has printed something. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.text);
      if (found) return found;
      const ended = await Promise.race([once(this.#child.stdout!, "data"), this.#closed.then(() => "ended")]);
      if (ended === "ended") assert.fail(`ended before it said ${pattern}:\n${this.text}`);
    }
  }

  /** Closes the pipe that it writes to, as `head` does when it has seen enough. */
  hangUp(): void {
    this.#child.stdout?.destroy();
  }

  async interrupt(): Promise<void> {
    this.#child.kill("SIGINT");
    await this.#closed;
  }

  async exitCode(): Promise<number> {
    const [code] = await this.#closed;
    return code as number;
  }
}

describe("npm run demo", { skip: await requireEnvoy() }, () => {
  let temporary: string;
  before(async () => {
    temporary = await mkdtemp(join(tmpdir(), "meshwasm-demo-test-"));
  });
  after(() => rm(temporary, { recursive: true, force: true }));

  /** Files and servers are gone. */
  async function assertStopped(demo: Demo): Promise<void> {
    // tsx keeps its own cache in the temporary folder; it is nobody's run.
    const left = (await readdir(temporary)).filter(
      (name) => !name.startsWith("tsx-") && name !== "node-compile-cache",
    );
    assert.deepEqual(left, [], demo.text);
    const origins = new Set(demo.text.match(/127\.0\.0\.1:\d+/g));
    for (const origin of origins) {
      await assert.rejects(fetch(`http://${origin}/`), `something still listens on ${origin}:\n${demo.text}`);
    }
  }

  it("goes from source to changed traffic, and leaves nothing behind", async () => {
    const demo = new Demo(temporary);
    assert.equal(await demo.exitCode(), 0, demo.text);
    for (const step of [
      "registry",
      "build",
      "test",
      "push",
      "pull",
      "compare",
      "Envoy",
      "before",
      "after",
      "change",
    ]) {
      assert.match(demo.text, new RegExp(`^ *\\d+\\. ${step} +\\d+\\.\\d s  \\S`, "m"));
    }
    assert.match(demo.text, /< x-hello: hello from the demo\n/);
    assert.match(demo.text, /< x-hello: one line later\n/);
    await assertStopped(demo);
  });

  it("stops what it started on Ctrl-C, wherever it is", async () => {
    for (const step of [/registry/, /push/, /Envoy {2}/]) {
      const demo = new Demo(temporary);
      await demo.said(step);
      await demo.interrupt();
      assert.equal(await demo.exitCode(), 1, demo.text);
      assert.match(demo.text, /everything that was started is stopped/);
      await assertStopped(demo);
    }
  });

  it("stops what it started when nobody reads it any more", async () => {
    const demo = new Demo(temporary);
    await demo.said(/Envoy {2}/);
    demo.hangUp();
    assert.equal(await demo.exitCode(), 0, demo.text);
    await assertStopped(demo);
  });

  it("--keep leaves it running, and says what to try", async () => {
    const demo = new Demo(temporary, ["--keep"]);
    const [, url = ""] = await demo.said(/curl -i (\S+)[\s\S]*Ctrl-C/);
    assert.equal((await fetch(url)).headers.get("x-hello"), "one line later");
    await demo.interrupt();
    assert.equal(await demo.exitCode(), 0, demo.text);
    await assertStopped(demo);
  });
});
