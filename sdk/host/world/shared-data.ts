import { WasmResult } from "../status.js";

interface Entry {
  value: string;
  cas: number;
}

/**
 * Key-value data that the VMs of one `vmId` share. The compare-and-swap number is one counter for all
 * keys of all VMs, as `SharedData` of proxy-wasm-cpp-host has it.
 */
export class SharedData {
  private readonly byVmId = new Map<string, Map<string, Entry>>();
  private lastCas = 0;

  /** Value (a byte string) and cas number; undefined when the key was never set. */
  get(vmId: string, key: string): Readonly<Entry> | undefined {
    return this.byVmId.get(vmId)?.get(key);
  }

  /** `cas` 0 overwrites always; on a key that does not exist every `cas` succeeds. */
  set(vmId: string, key: string, value: string, cas: number): number {
    let entries = this.byVmId.get(vmId);
    if (entries === undefined) {
      entries = new Map();
      this.byVmId.set(vmId, entries);
    }
    const entry = entries.get(key);
    if (entry !== undefined && cas !== 0 && cas !== entry.cas) return WasmResult.CasMismatch;
    this.lastCas = (this.lastCas + 1) >>> 0 || 1;
    entries.set(key, { value, cas: this.lastCas });
    return WasmResult.Ok;
  }

  /** Every key with its value, both byte strings. */
  entries(vmId: string): [key: string, value: string][] {
    return [...(this.byVmId.get(vmId) ?? [])].map(([key, { value }]) => [key, value]);
  }

  /** The last VM of that id is gone. */
  forget(vmId: string): void {
    this.byVmId.delete(vmId);
  }
}
