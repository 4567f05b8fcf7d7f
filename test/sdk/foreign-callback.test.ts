import assert from "node:assert/strict";
import { test } from "node:test";
import { compileFilter } from "./compile-snippet.js";
import { httpFilter } from "./filters.js";
import { Guest } from "./scripted-host.js";

// No function of Envoy's calls back (up to 1.40), nor does the in-process host: the callback is called here by hand.
test("what a foreign function calls back with reaches the context that it names", async () => {
  const wasm = await compileFilter(
    httpFilter(`onForeignFunction(functionId: u32, data: StreamData, size: u32): void {
      const text = data.text();
      log.info(functionId.toString() + " " + size.toString() + " " + (text ? text : "null"));
    }`),
  );
  const guest = new Guest(new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>), (name, guest) => {
    if (name === "proxy_log") {
      return (_level, ptr = 0, length = 0) => {
        guest.logs.push(guest.text(ptr, length));
        return 0;
      };
    }
    if (name !== "proxy_get_buffer_bytes") return () => 0;
    return (buffer, _start, _length, ptr = 0, length = 0) => {
      if (buffer === 8) guest.give(Buffer.from("bytes"), ptr, length);
      return buffer === 8 ? 0 : 1;
    };
  });
  guest.call("proxy_on_context_create", 1, 0);
  guest.call("proxy_on_context_create", 2, 1);
  guest.call("proxy_on_foreign_function", 2, 7, 5);
  guest.call("proxy_on_foreign_function", 3, 7, 5);
  assert.deepEqual(guest.logs, ["7 5 bytes"]);
});
