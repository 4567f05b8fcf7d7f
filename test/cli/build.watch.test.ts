import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { filterFolder } from "./filter-folder.js";
import { bin } from "./run-cli.js";

/** A command that goes on until Ctrl-C. */
function watching(t: TestContext, args: string[]) {
  const child = spawn(process.execPath, [bin, ...args, "--watch"], { stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => void child.kill("SIGKILL"));
  const said = { text: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said.text += chunk));
  const closed = once(child, "close");
  return {
    said,
    /** Waits for `pattern` in what is printed from now on, and returns that. */
    async next(pattern: RegExp, act: () => Promise<void> = async () => {}) {
      const from = said.text.length;
      await act();
      for (const end = Date.now() + 60_000; !pattern.test(said.text.slice(from)); ) {
        assert.ok(child.exitCode === null && Date.now() < end, `not said: ${pattern}\n${said.text}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return said.text.slice(from);
    },
    async interrupt() {
      child.kill("SIGINT");
      const [code] = await closed;
      return code as number;
    },
  };
}

const idle = /watching for changes/;

test("build --watch builds again after each change, goes on after an error, and ends with 0 at Ctrl-C", async (t) => {
  const folder = await filterFolder(t);
  const source = join(folder, "assembly", "index.ts");
  const text = await readFile(source, "utf8");
  // Its own output must not count as a change.
  const watch = watching(t, ["build", folder, "-o", join(folder, "assembly", "..", "out.wasm")]);
  const first = await watch.next(idle);
  const second = await watch.next(idle, () => writeFile(source, text.replace('"world"', '"planet"')));
  const sha = /sha256 ([0-9a-f]{64})/;
  assert.notEqual(sha.exec(first)?.[1], sha.exec(second)?.[1], watch.said.text);
  const broken = await watch.next(idle, () => writeFile(source, `${text}const a: string = 1;\n`));
  assert.match(broken, /error: .*assembly\/index\.ts:\d+:\d+: /);
  const mended = await watch.next(idle, () => writeFile(source, text));
  assert.equal(sha.exec(mended)?.[1], sha.exec(first)?.[1], watch.said.text);
  assert.equal(await watch.interrupt(), 0, watch.said.text);
  assert.equal(watch.said.text.match(/→/g)?.length, 3, watch.said.text);
});

test("test --watch runs again when a spec or a host test changes", async (t) => {
  const folder = await filterFolder(t);
  const watch = watching(t, ["test", folder]);
  assert.match(await watch.next(idle), /11 passed, 0 failed/);
  const more = 'import { test } from "node:test";\ntest("one more", () => {});\n';
  assert.match(
    await watch.next(idle, () => writeFile(join(folder, "test", "more.test.ts"), more)),
    /12 passed, 0 failed/,
  );
  const spec = join(folder, "assembly", "__tests__", "hello.spec.ts");
  const wrong = (await readFile(spec, "utf8")).replace('toBe("world")', 'toBe("wrong")');
  assert.match(await watch.next(idle, () => writeFile(spec, wrong)), /11 passed, 1 failed/);
  assert.equal(await watch.interrupt(), 0, watch.said.text);
});
