import assert from "node:assert/strict";
import { test } from "node:test";
import { Output } from "./output.js";
import { showingProgress, TransferProgress } from "./transfer-progress.js";

function scene(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const stream = { isTTY, columns, write: (text: string) => written.push(text) };
  const progress = new TransferProgress("pull", stream, () => clock.ms);
  return { written, clock, progress };
}

const config = { digest: "sha256:a", size: 500_000 };
const layer = { digest: "sha256:b", size: 3_500_000 };

test("a bar on a terminal: bytes done of all, drawn at most ten times a second, and taken away", () => {
  const { written, clock, progress } = scene(true);
  progress.update({ ...config, done: 0 });
  progress.update({ ...layer, done: 0 });
  clock.ms = 99;
  progress.update({ ...config, done: 500_000 });
  assert.deepEqual(written, [`\r${".".repeat(24)} pull: 0.0 of 0.5 MB\u001b[K`]);
  clock.ms = 100;
  progress.update({ ...layer, done: 1_500_000 });
  assert.equal(written[1], `\r${"#".repeat(12)}${".".repeat(12)} pull: 2.0 of 4.0 MB\u001b[K`);
  clock.ms = 300;
  // What begins anew falls back.
  progress.update({ ...layer, done: 0 });
  assert.match(written[2] ?? "", /^\r###\.{21} pull: 0\.5 of 4\.0 MB/);
  progress.end();
  progress.end();
  assert.deepEqual(written.slice(3), ["\r\u001b[K"]);
});

test("a narrow terminal gets no more than a line", () => {
  const { written, progress } = scene(true, 20);
  progress.update({ ...layer, done: 0 });
  assert.equal(written[0], `\r${".".repeat(19)}\u001b[K`);
});

test("no bar in a log: a line every five seconds, none for what is quick", () => {
  const { written, clock, progress } = scene(false);
  progress.update({ ...layer, done: 1 });
  clock.ms = 4_999;
  progress.update({ ...layer, done: 2 });
  assert.deepEqual(written, []);
  clock.ms = 5_000;
  progress.update({ ...layer, done: 1_000_000 });
  clock.ms = 9_000;
  progress.update({ ...layer, done: 2_000_000 });
  progress.end();
  assert.deepEqual(written, ["pull: 1.0 of 3.5 MB\n"]);
});

test("nobody listens with --quiet or --json", async () => {
  for (const options of [{ quiet: true }, { json: true }]) {
    assert.equal(await showingProgress("pull", new Output(options), async (listener) => listener), undefined);
  }
  assert.ok(await showingProgress("pull", new Output(), async (listener) => listener));
});
