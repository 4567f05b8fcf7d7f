import assert from "node:assert/strict";
import { before, test } from "node:test";
import { compileFilter } from "./compile-snippet.js";
import { httpFilter } from "./filters.js";
import { Random, seed } from "./random.js";
import { Guest } from "./scripted-host.js";

let module: WebAssembly.Module;
before(async () => {
  const wasm = await compileFilter(
    httpFilter(
      `  readonly number: i32 = ++made;
  onRequestHeaders(headers: RequestHeaders, end: bool): Action { seen = this.number; return Action.Pause; }`,
      "let made = 0; let seen = 0;",
      "export function lastSeen(): i32 { return seen; }",
    ),
  );
  module = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
});

/** Creates and deletes contexts as `next` says, and compares the filter's table with a Map all the time. */
function compare(steps: number, next: (random: Random, live: Map<number, number>) => number): void {
  const random = new Random(seed);
  const guest = new Guest(module, () => () => 0);
  const live = new Map<number, number>();
  let made = 0;
  guest.call("proxy_on_context_create", 1, 0);
  const check = (id: number) => {
    const expected = live.get(id);
    const found = guest.call("proxy_on_request_headers", id, 0, 0) === 1;
    assert.equal(found, expected !== undefined, `MESHWASM_SEED=${seed}: context ${id}`);
    if (found) assert.equal(guest.call("lastSeen"), expected);
  };
  for (let step = 0; step < steps; step++) {
    const id = next(random, live);
    if (live.delete(id)) {
      guest.call("proxy_on_delete", id);
    } else {
      guest.call("proxy_on_context_create", id, 1);
      live.set(id, ++made);
    }
    check(id);
    check(2 + random.below(5_000));
  }
  for (const id of live.keys()) check(id);
  for (const id of live.keys()) guest.call("proxy_on_delete", id);
  const gone = [...live.keys()];
  live.clear();
  for (const id of gone) check(id);
}

test("random ids come and go", () => {
  compare(20_000, (random) => 2 + random.below(3_000));
});

test("ids that share a slot come and go", () => {
  compare(5_000, (random) => 2 + random.below(50) * 4_096);
});

test("ids rise, as Envoy's do, and end in any order", () => {
  let last = 1;
  compare(20_000, (random, live) => {
    if (live.size < 10 || (live.size < 2_000 && !random.once(2))) return ++last;
    // One of the oldest, mostly: a few streams outlive the others by far.
    const ids = live.keys();
    for (let skip = random.below(10); skip > 0; skip--) ids.next();
    return ids.next().value!;
  });
});
