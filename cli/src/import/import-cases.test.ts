import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { CaseFile } from "../cases/cases.js";
import { loadCases } from "../cases/load-cases.js";
import { testFilter } from "../envoy/test-filter.js";
import { type ImportOptions, importCases } from "./import-cases.js";

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "meshwasm-import-"));
});
after(() => rm(root, { recursive: true, force: true }));

let folders = 0;

async function imported(content: unknown, options: Partial<ImportOptions> = {}) {
  const folder = join(root, String(folders++));
  const file = `${folder}.json`;
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  const said: string[] = [];
  const document = await importCases([file], {
    output: folder,
    onWarning: (line) => said.push(line),
    ...options,
  });
  const files: CaseFile[] = [];
  for (const path of document.files) {
    const { cases, config } = await loadCases(path, path);
    files.push({ cases, ...(config !== undefined && { config }) });
  }
  const texts = await Promise.all(document.files.map((path) => readFile(path, "utf8")));
  return { file, files, texts, said, document };
}

const entry = (request: object, response: object) => ({
  request: { method: "GET", url: "https://shop.example.com/", headers: [], ...request },
  response: { status: 200, headers: [], content: { size: 0 }, ...response },
});
const har = (...entries: unknown[]) => ({ log: { version: "1.2", entries } });

describe("importing a HAR file", () => {
  it("gives requests and the upstream's answers, decoded as the archive has them, secrets masked", async () => {
    const { files, texts, said, document } = await imported(
      har(
        entry(
          {
            method: "POST",
            url: "https://shop.example.com/buy?item=1&session=98765432#there",
            headers: [
              { name: ":authority", value: "shop.example.com" },
              { name: "Cookie", value: "sid=s3cr3t-value" },
              { name: "Content-Length", value: "9" },
              { name: "Accept", value: "a" },
              { name: "accept", value: "b" },
            ],
            postData: { mimeType: "text/plain", text: "sid is s3cr3t-value" },
          },
          {
            status: 201,
            headers: [
              { name: "Content-Encoding", value: "gzip" },
              { name: "Content-Length", value: "20" },
              { name: "Transfer-Encoding", value: "chunked" },
            ],
            content: { size: 4, mimeType: "image/png", text: "AAH+/w==", encoding: "base64" },
          },
        ),
        entry({ method: "PUT", postData: { params: [{ name: "a b", value: "1&2" }] } }, {}),
      ),
      { mask: ["session"] },
    );
    assert.deepEqual(said, []);
    assert.deepEqual(document.skipped, []);
    assert.deepEqual(files[0]?.cases, [
      {
        name: "POST /buy?item=1&session=********",
        request: {
          method: "POST",
          path: "/buy?item=1&session=********",
          authority: "shop.example.com",
          scheme: "https",
          headers: { cookie: "sid=************", "content-length": "19", accept: ["a", "b"] },
          body: "sid is ************",
        },
        upstream: { status: 201, headers: { "content-length": "4" }, body: { base64: "AAH+/w==" } },
        expect: { response: { status: 201 } },
      },
    ]);
    assert.deepEqual(files[1]?.cases[0]?.request?.body, ["a+b=1%262"]);
    assert.match(texts[1] ?? "", /^# Imported by meshwasm import from \d+\.json, exchange 2; /);
  });

  it("says what it leaves out, and where it stands", async () => {
    const { said, files, file } = await imported(
      [
        '{"log": {"entries": [',
        `  ${JSON.stringify(entry({}, { status: 0 }))},`,
        `  ${JSON.stringify(entry({ url: "wss://a/live?token=1" }, {}))},`,
        `  ${JSON.stringify(entry({}, { content: { size: 7 } }))},`,
        `  ${JSON.stringify(entry({}, { content: { size: 300_000, text: "x".repeat(300_000) } }))},`,
        `  ${JSON.stringify(entry({}, {}))}`,
        "]}}",
      ].join("\n"),
    );
    assert.equal(files.length, 1);
    assert.deepEqual(said, [
      `not imported: ${file}:2:3: GET /: it has no response`,
      `not imported: ${file}:3:3: GET /live: it is no HTTP`,
      `not imported: ${file}:4:3: GET /: the archive was saved without the bodies of responses`,
      `not imported: ${file}:5:3: GET /: a body has more than 256 KiB`,
    ]);
  });

  it("expects what a filter makes of it, when one is named", async () => {
    const wasm = join(root, "filter.wasm");
    await writeFile(wasm, testFilter({ header: "yes", echoConfig: true }));
    const config = join(root, "config.json");
    await writeFile(config, '{"a":1}');
    const { files } = await imported(har(entry({}, { content: { size: 2, text: "ok" } })), {
      filter: wasm,
      config,
    });
    assert.deepEqual(files[0]?.config, { a: 1 });
    const [only] = files[0]?.cases ?? [];
    assert.deepEqual(only?.expect?.response?.headers, { "x-test": "yes", "x-config": '{"a":1}' });
    assert.equal(only?.expect?.response?.body, "ok");
    assert.equal(only?.expect?.request?.path, "/");
  });
});

const headers = (...pairs: [string, string][]) =>
  pairs.map(([key, value]) => ({ key, value, raw_value: "" }));
const requestHeaders = headers(
  [":method", "POST"],
  [":path", "/a"],
  [":authority", "a"],
  [":scheme", "http"],
  ["x", "1"],
);
const responseHeaders = headers([":status", "204"], ["y", "2"]);

describe("importing what Envoy's tap filter wrote", () => {
  const expected = {
    name: "POST /a",
    request: { method: "POST", path: "/a", authority: "a", headers: { x: "1" }, body: ["ping"] },
    upstream: { status: 204, headers: { y: "2" } },
    expect: { response: { status: 204 } },
  };
  const buffered = (body: object) => ({
    http_buffered_trace: {
      request: { headers: requestHeaders, body, trailers: [] },
      response: { headers: responseHeaders, trailers: headers(["t", "3"]) },
    },
  });

  for (const [format, body] of [
    ["bytes", { as_bytes: "cGluZw==", truncated: false }],
    ["a string", { as_string: "ping", truncated: false }],
  ] as const) {
    it(`reads a buffered trace with its body as ${format}`, async () => {
      const { files } = await imported(buffered(body));
      const upstream = { ...expected.upstream, trailers: { t: "3" } };
      assert.deepEqual(files[0]?.cases, [{ ...expected, upstream }]);
    });
  }

  it("puts the segments of streamed traces together", async () => {
    const segment = (trace_id: string, part: object) =>
      JSON.stringify({ http_streamed_trace_segment: { trace_id, ...part } }, null, 1);
    const piece = (text: string) => ({ request_body_chunk: { as_string: text, truncated: false } });
    const { files } = await imported(
      [
        segment("1", { request_headers: { headers: requestHeaders } }),
        segment("2", { request_headers: { headers: requestHeaders } }),
        segment("1", piece("pi")),
        segment("2", piece("ping")),
        segment("1", piece("ng")),
        segment("2", { response_headers: { headers: responseHeaders } }),
        segment("1", { response_headers: { headers: responseHeaders } }),
        segment("1", { response_trailers: { headers: headers(["t", "3"]) } }),
      ].join("\n"),
    );
    assert.deepEqual(files[0]?.cases[0]?.request?.body, ["pi", "ng"]);
    assert.deepEqual(files[0]?.cases[0]?.upstream?.trailers, { t: "3" });
    assert.deepEqual(files[1]?.cases, [expected]);
  });

  it("reads a header that is no text, and leaves out what Envoy cut", async () => {
    const cut = buffered({ as_string: "pin", truncated: true });
    const raw = buffered({ as_string: "ping" });
    raw.http_buffered_trace.request.headers = [...requestHeaders, { key: "z", value: "", raw_value: "w6Q=" }];
    const { files, said } = await imported(`${JSON.stringify(cut)}\n${JSON.stringify(raw)}`);
    assert.deepEqual(files[0]?.cases[0]?.request?.headers, { x: "1", z: "ä" });
    assert.match(said[0] ?? "", /:1:1: POST \/a: Envoy cut a body: raise max_buffered_rx_bytes/);
  });
});

describe("importing what is no such file", () => {
  const bad: [name: string, content: unknown, message: RegExp][] = [
    ["JSON of something else", "{}", /\.json:1:1: no trace of Envoy's HTTP tap filter$/],
    ["a trace of a socket", { socket_buffered_trace: {} }, /:1:1: no trace of Envoy's HTTP tap filter$/],
    ["a list", "[]", /:1:1: no trace/],
    ["no JSON", '{"log": {\n"entries": [}}', /\.json:2:13: not JSON/],
    ["entries that are no list", '{"log":\n{"entries": {}}}', /:2:13: log\.entries should be a list$/],
    ["an entry that is no object", '{"log":{"entries":\n[1]}}', /:2:2: log\.entries\.0\.request is missing$/],
    ["no URL", har({ request: { method: "GET" } }), /:1:\d+: log\.entries\.0\.request\.url is missing$/],
    ["a URL that is none", har(entry({ url: "here" }, {})), /: this is no URL$/],
    [
      "a header that is no text",
      har(entry({ headers: [{ name: "a", value: 1 }] }, {})),
      /headers\.0\.value should be text$/,
    ],
    [
      "a segment before its headers",
      { http_streamed_trace_segment: { trace_id: "1", request_body_chunk: {} } },
      /:1:\d+: comes before the request's headers$/,
    ],
  ];
  for (const [name, content, message] of bad) {
    it(`names the place: ${name}`, async () => {
      await assert.rejects(imported(content), { code: "FILTER_INVALID", message });
    });
  }

  it("writes nothing when nothing is left, or when a file is not there", async () => {
    await assert.rejects(imported(har(entry({}, { status: 0 }))), { code: "WORK_FAILED" });
    await assert.rejects(imported(har()), { code: "WORK_FAILED" });
    const output = join(root, "never");
    await assert.rejects(importCases([join(root, "absent")], { output, onWarning: () => {} }), {
      code: "FILE_NOT_FOUND",
    });
    await assert.rejects(importCases([root], { output, onWarning: () => {} }), { code: "FILE_NOT_FOUND" });
    await assert.rejects(readFile(output), { code: "ENOENT" });
  });
});
