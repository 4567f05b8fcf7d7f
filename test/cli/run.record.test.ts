import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { buildFilter } from "../../cli/src/build/build.js";
import { loadFilter } from "../../cli/src/filter/load.js";
import { Output } from "../../cli/src/output.js";
import { fitCase } from "../../cli/src/record/fit-case.js";
import type { Recorded, RecordedHeaders } from "../../cli/src/record/recorded.js";
import type { EngineName } from "../../cli/src/run/engine.js";
import { type RunOptions, runFilter } from "../../cli/src/run/run.js";
import { passedTests, runTests } from "../../cli/src/test/run-tests.js";
import { requireEnvoy } from "../parts/envoy.js";
import { filterFolder } from "./filter-folder.js";
import { assertFailed, runCli } from "./run-cli.js";

/** Asks an auth service about each request, says who it is, and counts. */
const source = `import {
  Action, clock, HeaderList, HttpCallAnswer, HttpCallHandler, HttpFilter, registerHttpFilter, RequestHeaders, ResponseHeaders,
  RootContext,
} from "@meshwasm/sdk/assembly";

class Root extends RootContext {
  count: i32 = 0;
}

class Verdict extends HttpCallHandler {
  constructor(private filter: Guard) {
    super();
  }
  onAnswer(answer: HttpCallAnswer): void {
    if (answer.status != 200) {
      this.filter.respond(403, "who are you?");
      return;
    }
    const user = answer.body.text();
    this.filter.user = user ? user : "";
    this.filter.resumeRequest();
  }
}

class Guard extends HttpFilter<Root> {
  user: string = "";
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    const path = headers.get(":path");
    if (path && path == "/trap") unreachable();
    headers.remove("x-internal");
    if (!path || !path.startsWith("/auth")) return Action.Continue;
    const token = headers.get("authorization");
    const call = new HeaderList()
      .add(":method", "POST").add(":path", "/check").add(":authority", "auth").add("x-token", token ? token : "");
    const cluster = path.startsWith("/auth/lost") ? "lost" : "auth";
    this.call(cluster, call, new Verdict(this), "for " + path, path == "/auth/slow" ? 300 : 5000);
    return Action.Pause;
  }
  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
    headers.set("x-user", this.user);
    headers.set("x-count", (++this.root.count).toString());
    headers.set("x-day", (clock.milliseconds() / 86_400_000).toString());
    return Action.Continue;
  }
}
registerHttpFilter<Guard, Root>("hello");
`;

it("fits a callout that timed out by a clock that was behind", async (t) => {
  const dir = await filterFolder(t, { files: { "assembly/index.ts": source } });
  const { wasm } = await buildFilter(await loadFilter(dir));
  const request = (path: string, headers: RecordedHeaders, body: Buffer[] = []) => ({
    ...{ method: body.length > 0 ? "POST" : "GET", path, authority: "auth", scheme: "http" },
    ...{ headers, body, trailers: [] },
  });
  const exchange: Recorded = {
    request: request("/auth/slow", []),
    response: {
      ...{ status: 403, body: [Buffer.from("who are you?")], trailers: [] },
      headers: [["x-user", ""]],
    },
    local: true,
    callouts: [
      {
        cluster: "auth",
        request: request("/check", [["x-token", ""]], [Buffer.from("for /auth/slow")]),
        answer: "timeout",
      },
    ],
    // The filter waits for 300.
    ...{ began: 0, millis: 261.5 },
  };
  const module = { wasm: await readFile(wasm), rootId: "hello", name: "hello" };
  const fitted = fitCase(module, exchange, { name: "slow", config: "", before: [] });
  assert.ok("file" in fitted, JSON.stringify(fitted));
  assert.deepEqual([fitted.file.cases[0]?.advance, fitted.left], [363, []]);
});

async function server(t: TestContext, listener: RequestListener): Promise<string> {
  const listening = createServer(listener);
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    listening.closeAllConnections();
    return new Promise<void>((resolve) => listening.close(() => resolve()));
  });
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

async function recording(t: TestContext, folder: string, options: Partial<RunOptions>) {
  const words: string[] = [];
  const controller = new AbortController();
  const record = join(folder, "test", "recorded");
  const { document, ended } = await runFilter({
    path: folder,
    record,
    signal: controller.signal,
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
  const files = async () => {
    const names = (await readdir(record)).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(record, name), "utf8")));
    return { names, text: texts.join("\n") };
  };
  return { url: `http://${document.listen}`, words, stop, files };
}

it("refuses what makes no sense, as the command says it", async () => {
  assertFailed(await runCli(["run", "--mask", "x"]), { code: 2, message: /--mask is for recordings/ });
  assertFailed(await runCli(["run", "--cluster", "auth"]), { code: 2, message: /auth is not NAME=http/ });
});

for (const engine of ["host", "envoy"] as const satisfies EngineName[]) {
  describe(`meshwasm run --record --engine ${engine}`, {
    skip: engine === "envoy" && (await requireEnvoy()),
  }, () => {
    it("writes cases with every side of an exchange, secrets masked, on which meshwasm test passes", async (t) => {
      const auth = await server(t, (request, response) => {
        const known = request.headers["x-token"] === "Bearer t0p-s3cret";
        response.writeHead(known ? 200 : 401, { "set-cookie": "session=c00kie-value; Path=/" });
        response.end(known ? "ada" : "");
      });
      const folder = await filterFolder(t, {
        files: { "assembly/__tests__": null, test: null, "assembly/index.ts": source },
      });
      const { url, words, stop, files } = await recording(t, folder, {
        engine,
        cluster: [`auth=${auth}`],
        mask: ["Pin"],
      });

      const first = await fetch(`${url}/plain?pin=9876543&a=b`, { headers: { "x-internal": "1" } });
      assert.equal(first.status, 200);
      await first.text();
      const headers = { authorization: "Bearer t0p-s3cret", cookie: "a=1; sid=abcdef123456" };
      const asked = await fetch(`${url}/auth/in`, { method: "POST", headers, body: "some text" });
      assert.equal(asked.headers.get("x-user"), "ada");
      // The echo tells the client its own secrets.
      assert.match(await asked.text(), /t0p-s3cret[\s\S]*abcdef123456/);
      const refused = await fetch(`${url}/auth/out`, {
        headers: { authorization: "Basic YWRhOmh1bnRlcjI=" },
      });
      assert.equal(refused.status, 403);
      await refused.text();
      const bytes = new Uint8Array([0, 1, 254, 255]);
      assert.equal(
        (await (await fetch(`${url}/bytes`, { method: "PUT", body: bytes })).text()).length > 0,
        true,
      );
      await stop();

      const { names, text } = await files();
      assert.deepEqual(
        names,
        ["0001-get-plain.yaml", "0002-post-auth-in.yaml", "0003-get-auth-out.yaml", "0004-put-bytes.yaml"],
        words.join("\n"),
      );
      for (const secret of [
        "t0p-s3cret",
        "abcdef123456",
        "YWRhOmh1bnRlcjI",
        "hunter2",
        "c00kie-value",
        "9876543",
      ])
        assert.ok(!text.includes(secret), `${secret} is in\n${text}`);
      assert.match(text, /authorization: "?Bearer \*{10}"?\n/);
      assert.match(text, /x-internal: null/);
      assert.match(text, /path: \/plain\?pin=\*{7}&a=b/);
      assert.match(text, /clusters:\n {2}auth:\n {4}status: 200/);
      assert.match(text, /base64: AAH\+\/w==/);
      // The count depends on what came before, and the day on nothing that can be replayed.
      assert.match(text, /Not the same when replayed, and so not expected: response\.headers\.x-day/);
      assert.match(text, /x-count: "4"/);

      const summary = await runTests(folder, new Output({ quiet: true }));
      assert.equal(passedTests(summary), 4);
      assert.equal(summary.cases.failed, 0);
    });

    it("records callouts that fail, that come too late, and that are under way at the same time", async (t) => {
      let waiting = 0;
      const auth = await server(t, async (request, response) => {
        let body = "";
        for await (const piece of request) body += piece;
        if (body.endsWith("/slow")) return;
        // Both are there before one is answered.
        if (body.includes("/both")) for (waiting++; waiting < 2; ) await sleep(5);
        response.end(body.slice(-1));
      });
      const folder = await filterFolder(t, {
        files: { "assembly/__tests__": null, test: null, "assembly/index.ts": source },
      });
      const cluster = [`auth=${auth}`, "lost=http://127.0.0.1:1"];
      const { url, words, stop, files } = await recording(t, folder, { engine, cluster });
      const get = async (path: string) => {
        const response = await fetch(`${url}${path}`);
        await response.text();
        return `${response.status} ${response.headers.get("x-user")}`;
      };
      assert.equal(await get("/auth/slow"), "403 ");
      assert.equal(await get("/auth/lost"), "403 ");
      assert.deepEqual(await Promise.all([get("/auth/both1"), get("/auth/both2")]), ["200 1", "200 2"]);
      await stop();
      const { names, text } = await files();
      assert.match(text, /auth: timeout\n/, words.join("\n"));
      assert.match(text, engine === "host" ? /lost: unreachable\n/ : /lost:\n {4}status: 503\n/);
      const expected = ["0001-get-auth-slow.yaml", "0002-get-auth-lost.yaml"];
      if (engine === "host") {
        assert.deepEqual(names.slice(0, 2), expected);
        const both = names.slice(2).map((name) => name.slice(5));
        assert.deepEqual(both.sort(), ["get-auth-both1.yaml", "get-auth-both2.yaml"], words.join("\n"));
      } else {
        assert.deepEqual(names, expected, words.join("\n"));
        const untold = words.filter((line) =>
          /both.: callouts of requests at the same time cannot/.test(line),
        );
        assert.equal(untold.length, 2, words.join("\n"));
      }
      const summary = await runTests(folder, new Output({ quiet: true }));
      assert.equal(summary.cases.passed, names.length);
    });

    it("keeps pieces and trailers, and leaves out what is too large or broken off", async (t) => {
      let pass = () => {};
      const passed = new Promise<void>((resolve) => (pass = resolve));
      const upstream = await server(t, (request, response) => {
        request.resume();
        if (request.url === "/large") {
          response.end("x".repeat(300_000));
          return;
        }
        if (request.url === "/broken") return;
        if (request.url === "/half") {
          response.writeHead(200, { "content-length": 10 });
          response.write("half");
          setTimeout(() => response.destroy(), 50);
          return;
        }
        response.writeHead(200);
        if (request.method === "HEAD") return response.end();
        response.write("one ");
        // Two pieces are two only when the first has passed before the second is sent.
        void passed.then(() => {
          response.addTrailers({ "x-sum": "2" });
          response.end("two");
        });
      });
      const folder = await filterFolder(t, {
        files: { "assembly/__tests__": null, test: null, "assembly/index.ts": source },
      });
      const { url, words, stop, files } = await recording(t, folder, { engine, upstream });
      let pieces = "";
      for await (const piece of (await fetch(`${url}/pieces`)).body ?? []) {
        pieces += Buffer.from(piece).toString();
        if (pieces === "one ") pass();
      }
      assert.equal(pieces, "one two");
      assert.equal((await (await fetch(`${url}/large`)).text()).length, 300_000);
      await assert.rejects(fetch(`${url}/broken`, { signal: AbortSignal.timeout(300) }));
      await assert.rejects((await fetch(`${url}/half`)).text());
      assert.equal((await fetch(`${url}/head`, { method: "HEAD" })).status, 200);
      await stop();
      const { names, text } = await files();
      assert.deepEqual(names, ["0001-get-pieces.yaml", "0002-head-head.yaml"], words.join("\n"));
      assert.match(text, /body:\n +- "?one "?\n +- two\n/);
      // Envoy drops those of HTTP/1.1 unless it is told to keep them.
      assert.equal(/trailers:\n +x-sum: "2"/.test(text), engine === "host");
      assert.ok(
        words.some((line) => line.startsWith("not recorded: GET /large: a body has more than 256 KiB")),
      );
      assert.ok(words.includes("not recorded: GET /broken: the client got no answer"), words.join("\n"));
      assert.ok(!words.some((line) => /response\.headers\.(?!x-day|x-count)/.test(line)), words.join("\n"));
      assert.equal((await runTests(folder, new Output({ quiet: true }))).cases.passed, 2);
    });

    it("goes on with the numbers of the files that are there, and records a trap", async (t) => {
      const folder = await filterFolder(t, {
        files: {
          "assembly/__tests__": null,
          test: null,
          "assembly/index.ts": source,
          "test/recorded/0041-get-old.yaml": "cases: [{name: old, request: {}, expect: {local: false}}]\n",
        },
      });
      const { url, stop, files, words } = await recording(t, folder, { engine });
      assert.equal((await fetch(`${url}/trap`)).status, 503);
      await stop();
      const { names, text } = await files();
      assert.deepEqual(names, ["0041-get-old.yaml", "0042-get-trap.yaml"], words.join("\n"));
      assert.match(text, /trap:\n {8}present: true/);
      assert.equal(passedTests(await runTests(folder, new Output({ quiet: true }))), 2);
    });
  });
}
