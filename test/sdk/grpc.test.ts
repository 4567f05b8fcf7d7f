import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Host } from "@meshwasm/sdk/host";
import { compileFilter } from "./compile-snippet.js";
import { httpFilter } from "./filters.js";

const handler = `class Talk extends GrpcStreamHandler {
  onMessage(message: StreamData, size: u32): void { log.info("heard"); }
}
let gone: Tested | null = null;`;

const body = `  onRequestHeaders(headers: RequestHeaders, end: bool): Action {
    if (headers.equals(":path", "/remember")) gone = this;
    if (headers.equals(":path", "/gone")) {
      const other = gone!;
      headers.set("x-resumed", (<i32>other.resumeRequest()).toString());
      headers.set("x-called", (<i32>other.call("users", new HeaderList(), new Nothing())).toString());
      const theirs = other.requestHeaders;
      headers.set("x-theirs", (theirs.get(":path") == null ? "null " : "there ") + (<i32>theirs.status).toString());
      other.respond(403);
      headers.set("x-responded", (<i32>other.responded).toString());
      return Action.Continue;
    }
    const started = this.grpcStream(headers.equals(":path", "/down") ? "down" : "users", "Users", "Watch", new Talk());
    headers.set("x-started", (<i32>started).toString());
    return Action.Continue;
  }`;
const nothing = `class Nothing extends HttpCallHandler { onAnswer(answer: HttpCallAnswer): void {} }`;

describe("contexts and gRPC", () => {
  let host: Host;
  before(async () => {
    const clusters = { users: { grpc: { open: true } }, down: "down" } as const;
    const wasm = await compileFilter(httpFilter(body, `${handler}\n${nothing}`));
    host = new Host(wasm, { rootId: "tested", clusters });
  });

  test("a stream that ends cancels the gRPC stream that it has opened", () => {
    const exchange = host.exchange({ path: "/" });
    assert.equal(exchange.request?.headers.get("x-started"), "0");
    assert.equal(exchange.grpcCallouts[0]?.state, "cancelled");
  });

  test("callbacks inside a hostcall leave the context in effect as it was", () => {
    const exchange = host.exchange({ path: "/down" });
    assert.equal(exchange.request?.headers.get("x-started"), "10");
  });

  test("what is done for a stream that is gone is done to no other", () => {
    host.exchange({ path: "/remember" });
    const { request, response } = host.exchange({ path: "/gone" });
    assert.equal(response.status, 200);
    assert.equal(request?.headers.get("x-resumed"), "2");
    assert.equal(request?.headers.get("x-called"), "2");
    assert.equal(request?.headers.get("x-theirs"), "null 2");
    assert.equal(request?.headers.get("x-responded"), "2");
  });
});
