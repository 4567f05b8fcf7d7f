import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { loadCases } from "../cases/load-cases.js";
import { envoyForTest, testFilter } from "../envoy/test-filter.js";
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

async function recording(t: TestContext, options: Partial<RunOptions> = {}, module = wasm) {
  const record = join(root, String(folders++));
  const path = `${record}.wasm`;
  await writeFile(path, module);
  const words: string[] = [];
  const controller = new AbortController();
  const { document, ended } = await runFilter({
    ...{ path, record, kind: "network", signal: controller.signal },
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

/** The recorder writes a connection a moment after it has ended. */
async function written(record: string, count: number): Promise<void> {
  for (let left = 400; left > 0 && (await readdir(record)).length < count; left--) await sleep(25);
}

/** Runs what was recorded. */
async function replay(record: string, names: readonly string[], module = wasm): Promise<void> {
  for (const name of names) {
    const file = await loadCases(join(record, name), name);
    const [end] = runCaseFile(file, { wasm: module, rootId: "", name: "p" });
    assert.equal(end?.passed, true, end?.message);
  }
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

for (const engine of ["host", "envoy"] as const)
  describe(`meshwasm run --record with a network filter and the engine ${engine}`, () => {
    const missing = async (t: TestContext) => engine === "envoy" && (await envoyForTest(t)) === undefined;

    it("writes connections as cases that pass, with bytes that are no text, secrets masked", async (t) => {
      if (await missing(t)) return;
      const { port, record, words, stop } = await recording(t, { engine });
      await talk(port, ["xxone", Buffer.from([120, 120, 0, 255])], (socket) => socket.end());
      await written(record, 1);
      await talk(port, ["xxAuthorization: Bearer s3cr3t-token\r\nx: s3cr3t-token\r\n"], (socket) =>
        socket.resetAndDestroy(),
      );
      await written(record, 2);
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
      await replay(record, names);
    });

    it("tells connections apart that are there at the same time", async (t) => {
      if (await missing(t)) return;
      const { port, record, words, stop } = await recording(t, { engine });
      const all = Array.from({ length: 12 }, (_, index) => `number ${index}`);
      await Promise.all(all.map((text) => talk(port, [`xx${text}`, "xx!"], (socket) => socket.end())));
      await written(record, all.length);
      await stop();
      const names = (await readdir(record)).sort();
      const texts = await Promise.all(names.map((name) => readFile(join(record, name), "utf8")));
      const found = texts.map((text) => {
        const [, own = ""] = /- xx(number \d+)\n/.exec(text) ?? [];
        assert.match(text, new RegExp(`upstream:\\n +- ${own}\\n +- "?!"?\\n[\\s\\S]*received: ${own}!\\n`));
        return own;
      });
      assert.deepEqual(found.sort(), [...all].sort(), words.join("\n"));
      await replay(record, names);
    });

    it("says who closed a connection", async (t) => {
      if (await missing(t)) return;
      const closing = testFilter({ closes: true });
      const { port, record, words, stop } = await recording(t, { engine }, closing);
      await talk(port, [], (socket) => {
        socket.resume().write("xxone");
      });
      await written(record, 1);
      await stop();
      const [name = ""] = await readdir(record);
      assert.match(await readFile(join(record, name), "utf8"), /closed: local\n/, words.join("\n"));
      await replay(record, [name], closing);
    });

    it("records what the filter asks others meanwhile", async (t) => {
      if (await missing(t)) return;
      const auth = createHttpServer((_, response) => response.writeHead(201, { "x-user": "jo" }).end("yes"));
      await new Promise<void>((resolve) => auth.listen(0, "127.0.0.1", resolve));
      t.after(() => new Promise((resolve) => auth.close(resolve)));
      const cluster = [`auth=http://127.0.0.1:${(auth.address() as { port: number }).port}`];
      const calling = testFilter({ calls: "auth" });
      const { port, record, words, stop } = await recording(t, { engine, cluster }, calling);
      await talk(port, ["one"], (socket) => void setTimeout(() => socket.end(), 300));
      await written(record, 1);
      await stop();
      const [name = ""] = await readdir(record);
      const text = await readFile(join(record, name), "utf8");
      assert.match(
        text,
        /^clusters:\n +auth:\n +status: 201\n[\s\S]* x-user: jo\n[\s\S]* body:\n +- yes\n/m,
        words.join("\n"),
      );
      await replay(record, [name], calling);
    });

    it("says that an upstream that speaks first is no case", async (t) => {
      if (await missing(t)) return;
      const server = createServer((socket) => socket.end("welcome"));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      t.after(() => new Promise((resolve) => server.close(resolve)));
      const { port: at } = server.address() as { port: number };
      const { port, record, words, stop } = await recording(t, {
        engine,
        upstream: `tcp://127.0.0.1:${at}`,
      });
      await talk(port, [], (socket) => socket.once("data", () => socket.end("xx")));
      for (let left = 200; left > 0 && words.length === 0; left--) await sleep(25);
      await stop();
      assert.deepEqual(await readdir(record), []);
      assert.deepEqual(words, [
        "not recorded: a connection: the upstream spoke before the client, which a case cannot say",
      ]);
    });

    it("ends connections whose upstream is not there, and goes on", async (t) => {
      if (await missing(t)) return;
      const { port, stop } = await recording(t, { engine, upstream: "tcp://127.0.0.1:1" });
      for (let count = 0; count < 2; count++)
        await talk(port, [], (socket) => {
          socket.write("xxone");
          socket.resume();
        });
      await stop();
    });

    it("says that the port is in use", async (t) => {
      if (await missing(t)) return;
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      t.after(() => new Promise((resolve) => server.close(resolve)));
      const { port } = server.address() as { port: number };
      await assert.rejects(recording(t, { engine, listen: `127.0.0.1:${port}` }), {
        code: "PORT_IN_USE",
        message: `127.0.0.1:${port} is in use by another process`,
      });
    });
  });
