import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { runFilter } from "./run.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

it("builds a folder again on each change, and keeps the last good filter", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "meshwasm-watch-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  await cp(join(root, "examples", "hello"), dir, { recursive: true });
  await rm(join(dir, "node_modules"), { recursive: true, force: true });
  await symlink(join(root, "node_modules"), join(dir, "node_modules"));

  const words: string[] = [];
  const say = (line: string) => void words.push(line);
  const controller = new AbortController();
  const common = { signal: controller.signal, onLog: () => {}, onInfo: say, onWarning: say };
  const running = await runFilter({ ...common, path: dir, engine: "host", watch: true });
  t.after(() => {
    controller.abort();
    return running.ended;
  });
  const header = async () => (await fetch(`http://${running.document.listen}`)).headers.get("x-hello");
  const until = async (what: () => Promise<boolean> | boolean) => {
    for (let left = 300; !(await what()); left--) {
      assert.ok(left > 0, `did not come to pass; said: ${words.join("\n")}`);
      await sleep(50);
    }
  };

  assert.equal(await header(), "world");
  await writeFile(join(dir, "config.json"), '{"greeting":"all"}');
  await until(async () => (await header()) === "all");

  const entry = join(dir, "assembly", "index.ts");
  const source = await readFile(entry, "utf8");
  await writeFile(entry, source.replace("headers.set(", "headers.sit("));
  await until(() => words.some((line) => /assembly\/index\.ts:\d+:\d+: .*sit[\s\S]*goes on/.test(line)));
  assert.equal(await header(), "all");

  await writeFile(entry, source.replace("this.root.greeting", '"to " + this.root.greeting'));
  await until(async () => (await header()) === "to all");

  await writeFile(join(dir, "config.json"), '{"greeting":7}');
  await until(() => words.some((line) => /config\.json: \$\.greeting: must be string/.test(line)));
  assert.equal(await header(), "to all");
});
