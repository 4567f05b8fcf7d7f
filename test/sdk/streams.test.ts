import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Host } from "@meshwasm/sdk/host";
import { compileFilter } from "./compile-snippet.js";
import { httpFilter } from "./filters.js";

const body = `  onRequestTrailers(trailers: RequestTrailers): Action {
    const sum = trailers.get("x-sum");
    trailers.set("x-sum", (sum ? sum : "none") + " seen");
    trailers.remove("x-secret");
    return Action.Continue;
  }
  onResponseTrailers(trailers: ResponseTrailers): Action {
    const all = trailers.all();
    trailers.add("x-count", all.length.toString());
    return Action.Continue;
  }
  onRequestHeaders(headers: RequestHeaders, end: bool): Action {
    if (headers.equals(":path", "/reset")) this.reset();
    return Action.Continue;
  }`;

describe("trailers and resets", () => {
  let host: Host;
  before(async () => {
    host = new Host(await compileFilter(httpFilter(body)), { rootId: "tested" }).start();
  });

  test("request trailers are read, changed and removed", () => {
    const { request } = host.exchange({
      method: "POST",
      body: "x",
      trailers: { "x-sum": "1", "x-secret": "2" },
    });
    assert.equal(request?.trailers.get("x-sum"), "1 seen");
    assert.equal(request?.trailers.get("x-secret"), null);
  });

  test("response trailers are read and added to", () => {
    const { response } = host.exchange({}, { body: "x", trailers: { a: "1", b: "2" } });
    assert.equal(response.trailers.get("x-count"), "2");
  });

  test("a reset ends the stream without a response", () => {
    const exchange = host.exchange({ path: "/reset" });
    assert.equal(exchange.began, false);
    assert.ok(exchange.reset, String(exchange));
    assert.equal(exchange.request, undefined);
  });
});
