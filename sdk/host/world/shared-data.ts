import { WasmResult } from "../status.js";

interface Entry {
  value: string;
  cas: number;
}

/**
 * Key-value data that the VMs of one `vmId` share. The compare-and-swap number is one counter for all
 * keys, as `SharedData` of proxy-wasm-cpp-host has it.
 */
export class SharedData {
  private readonly entries = new Map<string, Entry>();
  private lastCas = 0;

  /** Value (a byte string) and cas number; undefined when the key was never set. */
  get(key: string): Readonly<Entry> | undefined {
    return this.entries.get(key);
  }

  /** `cas` 0 overwrites always; on a key that does not exist every `cas` succeeds. */
  set(key: string, value: string, cas: number): number {
    const entry = this.entries.get(key);
    if (entry !== undefined && cas !== 0 && cas !== entry.cas) return WasmResult.CasMismatch;
    this.lastCas = (this.lastCas + 1) >>> 0 || 1;
    this.entries.set(key, { value, cas: this.lastCas });
    return WasmResult.Ok;
  }
}
