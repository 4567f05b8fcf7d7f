import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { loadCases } from "../cases/load-cases.js";
import { testFilter } from "../envoy/test-filter.js";
import { runCaseFile } from "../test/case-tests.js";
import { type RunOptions, runFilter } from "./run.js";

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "meshwasm-record-tcp-"));
});
after(() => rm(root, { recursive: true, force: true }));

/** Drops the first two bytes of each piece from the client. */
const wasm = testFilter({ dropBytes: 2 });

let folders = 0;

async function recording(t: TestContext, options: Partial<RunOptions> = {}) {
  const record = join(root, String(folders++));
  const path = `${record}.wasm`;
  await writeFile(path, wasm);
  const words: string[] = [];
  const controller = new AbortController();
  const { document, ended } = await runFilter({
    ...{ path, record, kind: "network", engine: "host", signal: controller.signal },
    onLog: () => {},
    onInfo: (line) => words.push(line),
    onWarning: (line) => words.push(line),
    ...options,
  });
  const stop = () => {
    controller.abort();
    return ended;
  };
  t.after(stop);
  return { port: Number(document.listen.split(":")[1]), record, words, stop };
}

/** Sends each piece once what came before was answered. */
async function talk(
  port: number,
  pieces: readonly (string | Buffer)[],
  end: (socket: Socket) => void,
): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  for (const piece of pieces) {
    const answered = new Promise((resolve) => socket.once("data", resolve));
    socket.write(piece);
    await answered;
  }
  const closed = new Promise((resolve) => socket.once("close", resolve));
  end(socket);
  await closed;
}

describe("meshwasm run --record with a network filter", () => {
  it("writes connections as cases that pass, with bytes that are no text, secrets masked", async (t) => {
    const { port, record, words, stop } = await recording(t);
    await talk(port, ["xxone", Buffer.from([120, 120, 0, 255])], (socket) => socket.end());
    await talk(port, ["xxAuthorization: Bearer s3cr3t-token\r\nx: s3cr3t-token\r\n"], (socket) =>
      socket.resetAndDestroy(),
    );
    // The server notices the second one a moment later.
    for (let left = 200; left > 0 && (await readdir(record)).length < 2; left--) await sleep(25);
    await stop();
    const names = (await readdir(record)).sort();
    assert.deepEqual(names, ["0001-tcp-connection.yaml", "0002-tcp-connection.yaml"], words.join("\n"));
    const [first, second] = await Promise.all(names.map((name) => readFile(join(record, name), "utf8")));
    assert.match(
      first ?? "",
      /send:\n +- xxone\n +- base64: eHgA\/w==\n +upstream:\n +- one\n +- base64: AP8=\n/,
    );
    assert.match(first ?? "", /received:\n +base64: b25lAP8=\n/);
    assert.ok(!second?.includes("s3cr3t-token"), second);
    assert.match(second ?? "", /Authorization: Bearer \*{12}/i);
    assert.match(second ?? "", /finish: reset\n[\s\S]*closed: remote\n/);
    for (const name of names) {
      const file = await loadCases(join(record, name), name);
      const [end] = runCaseFile(file, { wasm, rootId: "", name: "p" });
      assert.equal(end?.passed, true, end?.message);
    }
  });

  it("says that an upstream that speaks first is no case", async (t) => {
    const server = createServer((socket) => socket.end("welcome"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => new Promise((resolve) => server.close(resolve)));
    const { port: at } = server.address() as { port: number };
    const { port, record, words, stop } = await recording(t, { upstream: `tcp://127.0.0.1:${at}` });
    await talk(port, [], (socket) => socket.resume().end("xx"));
    await stop();
    assert.deepEqual(await readdir(record), []);
    assert.deepEqual(words, [
      "not recorded: a connection: the upstream spoke before the client, which a case cannot say",
    ]);
  });

  it("needs the in-process host", async (t) => {
    await assert.rejects(recording(t, { engine: "envoy" }), { code: /USAGE|ENVOY_MISSING/ });
  });
});
