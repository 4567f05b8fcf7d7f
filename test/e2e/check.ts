import assert from "node:assert/strict";
import { type HttpOutcome, type TcpOutcome, valuesOf } from "./engines/engine.js";
import type { Header, HttpCase } from "./tables/http-case.js";
import type { TcpCase } from "./tables/tcp-probe.js";

/** Holds what came of an HTTP case against what must come of it. */
export function checkHttp(outcome: HttpOutcome, { expect }: HttpCase): void {
  const shown = JSON.stringify(outcome, null, 2);
  assert.equal(outcome.status, expect.status, shown);
  for (const [name, values] of Object.entries(expect.response ?? {})) {
    assert.deepEqual(valuesOf(outcome.response, name), values, `response header ${name} in ${shown}`);
  }
  const all = (headers: readonly Header[], wanted: Record<string, string[]> = {}) => {
    for (const [name, values] of Object.entries(wanted))
      assert.deepEqual(valuesOf(headers, name), values, `trailer ${name} in ${shown}`);
  };
  all(outcome.trailers, expect.trailers);
  all(outcome.upstream?.trailers ?? [], expect.upstreamTrailers);
  if (expect.body !== undefined) assert.equal(outcome.body, expect.body, shown);
  if (expect.upstream === null) assert.equal(outcome.upstream, null, "the upstream must not see the request");
  else if (expect.upstream) assert.ok(outcome.upstream, `the upstream saw no request: ${shown}`);
  for (const [name, values] of Object.entries(expect.upstream ?? {})) {
    assert.deepEqual(
      valuesOf(outcome.upstream?.headers ?? [], name),
      values,
      `upstream header ${name} in ${shown}`,
    );
  }
  if (expect.upstreamPath !== undefined) assert.equal(outcome.upstream?.path, expect.upstreamPath, shown);
  if (expect.upstreamBody !== undefined) assert.equal(outcome.upstream?.body, expect.upstreamBody, shown);
  if (expect.callee) assert.deepEqual(outcome.callee, expect.callee, shown);
  if (expect.logs) assert.deepEqual(outcome.logs, expect.logs);
}

/** Holds what came of a TCP case against what must come of it. */
export function checkTcp(outcome: TcpOutcome, { steps, closed = false, logs }: TcpCase): void {
  assert.deepEqual(
    outcome.steps,
    steps.map(({ client, upstream }) => ({ client, upstream })),
  );
  assert.equal(outcome.closed, closed, "closed by the proxy");
  if (logs) assert.deepEqual(outcome.logs, logs);
}
