import assert from "node:assert/strict";
import { before, test } from "node:test";
import { loadModule } from "../../sdk/host/module/load.js";
import { compileFilter } from "./compile-snippet.js";
import { everything } from "./everything.js";
import { long, Random, seed } from "./random.js";
import { type Answer, Guest, oddNumbers, randomPairs, randomText } from "./scripted-host.js";

let wasm: Uint8Array;
let module: WebAssembly.Module;
before(async () => {
  wasm = await compileFilter(everything);
  module = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
});

test("every import and callback has the signature that Envoy insists on", () => {
  assert.equal(loadModule(wasm).abi, "0.2.1");
});

/** Which arguments of a getter say where its answer goes: a pointer and a length. */
const answered: Record<string, [ptr: number, length: number]> = {
  proxy_get_property: [2, 3],
  proxy_get_header_map_value: [3, 4],
  proxy_get_header_map_pairs: [1, 2],
  proxy_get_buffer_bytes: [3, 4],
  proxy_get_shared_data: [2, 3],
  proxy_dequeue_shared_queue: [1, 2],
  proxy_call_foreign_function: [4, 5],
  proxy_get_status: [1, 2],
};

/** Which argument of a hostcall says where a number goes. */
const numbered: Record<string, number> = {
  proxy_define_metric: 3,
  proxy_get_metric: 1,
  proxy_get_current_time_nanoseconds: 0,
  proxy_register_shared_queue: 2,
  proxy_resolve_shared_queue: 4,
  proxy_http_call: 9,
  proxy_grpc_call: 11,
  proxy_grpc_stream: 8,
  envoy_resolve_dns: 2,
  proxy_get_header_map_size: 1,
  proxy_get_log_level: 0,
};

/** Answers anything at all, also with memory that is not there. */
function randomAnswers(random: Random): Answer {
  return (name, guest) =>
    (...args) => {
      if (name === "proxy_log") guest.logs.push(guest.text(args[1]!, args[2]!));
      const status = random.once(2) ? 0 : random.once(4) ? random.of(oddNumbers(random)) : random.below(13);
      const slots = answered[name];
      if (slots && !random.once(5)) {
        const bytes = name.endsWith("pairs") ? randomPairs(random) : randomText(random);
        guest.give(bytes, args[slots[0]]!, args[slots[1]]!);
        if (random.once(5)) {
          const length = random.once(2) ? random.below(100_000) : random.of(oddNumbers(random));
          const ptr = random.once(2) ? random.below(guest.memory.byteLength) : random.of(oddNumbers(random));
          guest.memory.setUint32(args[slots[0]]!, ptr, true);
          guest.memory.setUint32(args[slots[1]]!, length, true);
        }
      }
      const slot = numbered[name];
      if (slot !== undefined) guest.memory.setUint32(args[slot]!, random.word(), true);
      return status;
    };
}

test("no answer and no order of callbacks makes a filter trap or lie", () => {
  const random = new Random(seed);
  for (let round = 0; round < 60 * long; round++) {
    const guest = new Guest(module, randomAnswers(random));
    let last = "";
    try {
      for (let step = 0; step < 400; step++) {
        const name = random.once(4) ? "proxy_on_context_create" : random.of(guest.callbacks);
        const id = random.once(10) ? random.of(oddNumbers(random)) : random.below(12);
        const args = [
          id,
          random.once(2) ? 0 : random.below(8),
          random.below(3),
          random.below(99),
          random.below(3),
        ];
        if (name === "proxy_on_memory_allocate") args[0] = random.below(100_000);
        last = `${name}(${args})`;
        guest.call(name, ...args);
      }
    } catch (error) {
      assert.fail(
        `MESHWASM_SEED=${seed}, round ${round}: ${last}: ${(error as Error).stack}\n${guest.logs.slice(-3)}`,
      );
    }
    assert.deepEqual(
      guest.logs.filter((line) => line.startsWith("LIE")),
      [],
      `MESHWASM_SEED=${seed}, round ${round}`,
    );
  }
});

test("an answer that never comes, whatever the status, is no answer", () => {
  for (let status = 0; status <= 13; status++) {
    const guest = new Guest(module, (name, self) => (...args) => {
      if (name === "proxy_log") self.logs.push(self.text(args[1]!, args[2]!));
      if (name !== "proxy_get_property") return status;
      self.give(Buffer.from("http"), args[2]!, args[3]!);
      return 0;
    });
    guest.call("proxy_on_context_create", 1, 0);
    guest.call("proxy_on_vm_start", 1, 0);
    assert.equal(guest.call("proxy_on_configure", 1, 10), 1);
    guest.call("proxy_on_context_create", 2, 1);
    guest.call("proxy_on_request_headers", 2, 5, 0);
    guest.call("proxy_on_response_headers", 2, 5, 0);
    assert.deepEqual(
      guest.logs.filter((line) => line.startsWith("LIE")),
      [],
    );
  }
});

test("memory that cannot be had is refused", () => {
  const guest = new Guest(module, () => () => 0);
  for (const size of [0xffffffff, 0xfffffff9, 0x80000000, 0x40000000]) {
    assert.equal(guest.call("proxy_on_memory_allocate", size), 0);
  }
  assert.notEqual(guest.call("proxy_on_memory_allocate", 1024 * 1024), 0);
});

test("a context is what it was created as, until it is deleted", () => {
  const guest = new Guest(module, (name, self) => (...args) => {
    if (name === "proxy_log") self.logs.push(self.text(args[1]!, args[2]!));
    if (name === "proxy_get_property") self.give(Buffer.from("network"), args[2]!, args[3]!);
    return 0;
  });
  guest.call("proxy_on_context_create", 1, 0);
  guest.call("proxy_on_context_create", 2, 1);
  guest.call("proxy_on_context_create", 3, 77);
  const ended = (id: number) => guest.call("proxy_on_downstream_data", id, 5, 1);
  assert.equal(ended(2), 1);
  assert.equal(ended(1), 0, "a root is no stream");
  assert.equal(ended(3), 0, "its root never was");
  assert.equal(guest.call("proxy_on_request_headers", 2, 0, 1), 0, "a connection is no HTTP stream");
  assert.equal(guest.call("proxy_on_configure", 2, 0), 0, "a stream is no root");
  for (let i = 0; i < 3; i++) guest.call("proxy_on_delete", 2);
  assert.equal(ended(2), 0);
  guest.call("proxy_on_context_create", 2, 1);
  assert.equal(ended(2), 1);
});
