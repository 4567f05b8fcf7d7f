import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import { test } from "node:test";
import { connect } from "node:tls";
import {
  type AuthorityState,
  advanceAuthority,
  bundleOf,
  createKeyPair,
  createServerCertificate,
  createSigningRequest,
  keyToPem,
  signAgentRequest,
  type TokenReviewer,
} from "../../certificates/index.js";
import { MeshwasmError } from "../../errors.js";
import { openModuleStore } from "../module-store.js";
import { type Cleanup, filterModule, temporaryFolder } from "../testing/filters.js";
import { createModuleServer, type ModuleServerOptions } from "./module-server.js";

const wasm = filterModule();
const digest = `sha256:${createHash("sha256").update(wasm).digest("hex")}`;
const modulePath = `/v1/modules/${digest.replace(":", "-")}.wasm`;
const other = `sha256:${"0".repeat(64)}`;

test("an agent gets its list and its modules, and nobody else does", async (t) => {
  const { state, server, get } = await setUp(t);
  server.setWanted(new Map([["node-1", new Set([digest, other])]]));
  const one = agent(state, "node-1");
  const list = await get("/v1/nodes/node-1/wanted", one);
  assert.deepEqual(JSON.parse(list.body.toString()).digests, [other, digest]);
  const file = await get(modulePath, one);
  assert.deepEqual([file.status, file.body], [200, Buffer.from(wasm)]);
  assert.equal(
    (await get(`/v1/modules/sha256-${"0".repeat(64)}.wasm`, one)).status,
    404,
    "wanted, but not here",
  );
  const refusals: [path: string, client: Partial<RequestOptions>, status: number][] = [
    ["/v1/nodes/node-2/wanted", one, 403],
    [modulePath, agent(state, "node-2"), 403],
    [`/v1/modules/sha256-${"1".repeat(64)}.wasm`, one, 403],
    ["/v1/modules/..%2f..%2fetc%2fpasswd", one, 403],
    ["/v1/modules/../../etc/passwd", one, 404],
    ["/v1/nodes", one, 404],
    ["/", one, 404],
  ];
  for (const [path, client, status] of refusals) {
    assert.equal((await get(path, client)).status, status, path);
  }
});

test("no certificate, a foreign one, an expired one, one of another use: 401", async (t) => {
  const { state, server, get } = await setUp(t);
  server.setWanted(new Map([["node-1", new Set([digest])]]));
  const foreign = advanceAuthority(undefined, new Date());
  const strangers = {
    none: {},
    foreign: agent(foreign, "node-1"),
    expired: agent(state, "node-1", new Date(Date.now() - 9 * 3_600_000)),
    "not yet valid": agent(state, "node-1", new Date(Date.now() + 25 * 3_600_000)),
    "the server's": createServerCertificate(state, ["node-1"]),
  };
  for (const [what, client] of Object.entries(strangers)) {
    for (const path of [modulePath, "/v1/nodes/node-1/wanted"]) {
      assert.equal((await get(path, client)).status, 401, `${what} ${path}`);
    }
  }
  assert.equal((await get(modulePath, agent(state, "node-1"))).status, 200);
});

test("TLS below 1.3, and plain HTTP, are not spoken", async (t) => {
  const { state, url } = await setUp(t);
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), ca: bundleOf(state), maxVersion: "TLSv1.2" });
  const [error] = await new Promise<unknown[]>((resolve) => {
    socket.once("error", (cause) => resolve([cause])).once("secureConnect", () => resolve([]));
  });
  assert.match(String(error), /alert|version/i);
  await assert.rejects(fetch(`http://${hostname}:${port}/`));
});

test("a question for a list waits for news, and answers without when it must", async (t) => {
  const { state, server, get } = await setUp(t, { pollMs: 200 });
  const one = agent(state, "node-1");
  const ask = async (since = "") =>
    JSON.parse((await get(`/v1/nodes/node-1/wanted${since}`, one)).body.toString());
  assert.equal((await get("/v1/nodes/node-1/wanted", one)).status, 503, "before anybody has set a list");
  server.setWanted(new Map());
  const empty = await ask();
  assert.deepEqual(empty.digests, []);
  assert.deepEqual(await ask(`?since=${empty.version}`), empty, "no news");
  const waiting = ask(`?since=${empty.version}`);
  server.setWanted(new Map([["node-2", new Set([other])]]));
  server.setWanted(new Map([["node-1", new Set([digest])]]));
  const news = await waiting;
  assert.deepEqual(news.digests, [digest]);
  assert.notEqual(news.version, empty.version);
  assert.equal(
    (await ask("?since=unknown")).version,
    news.version,
    "answers at once when it is not up to date",
  );
});

test("certificates: the node is the reviewer's word; bad tokens and requests are refused", async (t) => {
  const { state, server, post, get } = await setUp(t);
  server.setWanted(new Map([["node-1", new Set([digest])]]));
  const keys = createKeyPair();
  const good = createSigningRequest("node-2", keys);
  const answer = await post("/v1/certificates", { token: "of node-1", request: good });
  assert.equal(answer.status, 201);
  const cert = JSON.parse(answer.body.toString()).certificate as string;
  assert.equal((await get(modulePath, { cert, key: keyToPem(keys.privateKey) })).status, 200);
  const cases: [body: unknown, status: number][] = [
    [{ token: "wrong", request: good }, 401],
    [{ token: "of node-1", request: "junk" }, 400],
    [{ token: "of node-1" }, 400],
    [{ token: "the server is down", request: good }, 503],
    [[], 400],
    ["{", 400],
  ];
  for (const [body, status] of cases) assert.equal((await post("/v1/certificates", body)).status, status);
  const large = await post("/v1/certificates", { token: "x".repeat(100_000) }).catch(() => ({ status: 0 }));
  assert.ok(large.status === 400 || large.status === 0);
  assert.ok(state);
});

test("a damaged file is not sent whole, and is taken away", async (t) => {
  const { state, store, server, get, errors } = await setUp(t);
  server.setWanted(new Map([["node-1", new Set([digest])]]));
  await writeFile(store.pathOf(digest), Buffer.alloc(200_000));
  await assert.rejects(get(modulePath, agent(state, "node-1")), { code: "ECONNRESET" });
  assert.equal(await store.has(digest), false);
  assert.match(String(errors), /was damaged/);
  assert.equal((await get(modulePath, agent(state, "node-1"))).status, 404);
});

test("more transfers than allowed are told to come back", async (t) => {
  const { state, server, get } = await setUp(t, { maxTransfers: 0 });
  server.setWanted(new Map([["node-1", new Set([digest])]]));
  const { status, headers } = await get(modulePath, agent(state, "node-1"));
  assert.deepEqual([status, headers["retry-after"]], [503, "1"]);
});

test("a rotation of the authority lets old agents in until they have new certificates", async (t) => {
  const old = advanceAuthority(undefined, new Date(Date.now() - 300 * 86_400_000));
  const announced = advanceAuthority(old, new Date(Date.now() - 2 * 86_400_000));
  let state: AuthorityState = announced;
  const { server, get, url } = await setUp(t, { authority: { load: async () => state }, refreshMs: 20 });
  server.setWanted(new Map([["node-1", new Set([digest])]]));
  const before = agent(announced, "node-1");
  assert.equal((await get(modulePath, before)).status, 200);
  state = advanceAuthority(announced, new Date());
  assert.notEqual(state.signing.certificate, announced.signing.certificate);
  const issuer = async () => {
    const socket = connect({ ...at(url), rejectUnauthorized: false });
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    const authorized = socket
      .getPeerX509Certificate()
      ?.verify(new X509Certificate(state.signing.certificate).publicKey);
    socket.destroy();
    return authorized;
  };
  for (let tries = 0; !(await issuer()); tries++)
    assert.ok(tries < 500, "the server keeps its old certificate");
  assert.equal(
    (await get(modulePath, { ...before, ca: bundleOf(announced) })).status,
    200,
    "it knew the next one",
  );
  assert.equal((await get(modulePath, { ...agent(state, "node-1"), ca: bundleOf(state) })).status, 200);
});

async function setUp(t: Cleanup, options: Partial<ModuleServerOptions> = {}) {
  const state = (await options.authority?.load()) ?? advanceAuthority(undefined, new Date());
  const store = await openModuleStore(await temporaryFolder(t));
  await store.folder.put(digest, [wasm], 10_000_000);
  const errors: unknown[] = [];
  const server = createModuleServer({
    ...{ store, reviewer, authority: { load: async () => state } },
    ...{ listen: "127.0.0.1:0", hosts: ["127.0.0.1"], onError: (error: unknown) => errors.push(error) },
    ...options,
  });
  const { url } = await server.listen();
  t.after(() => server.close());
  const ca = bundleOf(state);
  const get = (path: string, client: Partial<RequestOptions>) => send(url + path, { ca, ...client });
  const post = (path: string, body: unknown) =>
    send(url + path, { ca, method: "POST" }, typeof body === "string" ? body : JSON.stringify(body));
  return { state, store, server, url, get, post, errors };
}

const reviewer: TokenReviewer = {
  nodeOf: async (token) => {
    if (token === "the server is down") throw new MeshwasmError("KubeUnreachable", "no answer");
    const node = /^of (.*)$/.exec(token)?.[1];
    if (node === undefined) throw new MeshwasmError("TokenInvalid", "the token is not accepted");
    return node;
  },
};

function agent(state: AuthorityState, node: string, now = new Date()): { key: string; cert: string } {
  const keys = createKeyPair();
  return {
    key: keyToPem(keys.privateKey),
    cert: signAgentRequest(state, createSigningRequest(node, keys), node, now),
  };
}

interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

function send(url: string, options: RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { ...options, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on("error", reject).end(body);
  });
}

function at(url: string) {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
