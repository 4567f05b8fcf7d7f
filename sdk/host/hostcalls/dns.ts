import { isIP } from "node:net";
import { RootContext } from "../contexts/root.js";
import { fromByteString } from "../headers/bytes.js";
import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

/** Seconds that an answer may be kept: what the host says of every name that had to be asked for. */
const TTL = 60;

/** `envoy_resolve_dns`, which is Envoy's own (`resolve_dns` in its wasm.cc). */
export function dnsHostcalls(vm: Vm): Hostcalls {
  return {
    envoy_resolve_dns(pointer: number, size: number, tokenTo: number): number {
      const call = "envoy_resolve_dns";
      const context = vm.enter(call);
      const bytes = vm.memory.text(pointer, size);
      const token = vm.nextDnsToken();
      if (bytes === undefined || !vm.memory.writeU32(tokenTo, token))
        return vm.record(context, call, [], WasmResult.InvalidMemoryAccess);
      const name = fromByteString(bytes);
      const root = vm.contexts.get(context.rootId);
      if (root instanceof RootContext) {
        // What the resolver knows without asking comes before the hostcall returns.
        if (isIP(name)) root.resolved(token, [name], 0);
        else if (name.endsWith(".onion")) root.resolved(token, [], 0);
        else vm.world.post(() => root.resolved(token, vm.world.dns.get(name) ?? [], TTL));
      }
      return vm.record(context, call, [name], WasmResult.Ok, token);
    },
  };
}
