import type { PropertyValue } from "../properties/value.js";
import { BufferType } from "../status.js";
import type { Vm } from "../vm/vm.js";
import { type GuestBuffer, readOnly } from "./buffer.js";
import { Context, type Journal } from "./context.js";

/** What the mesh's configuration says about a plugin. */
export interface Plugin {
  readonly name: string;
  readonly rootId: string;
  readonly config: Buffer;
  readonly failOpen: boolean;
}

/** A root context: one plugin's configuration in one VM (`ContextBase::onStart`, `onConfigure`). */
export class RootContext extends Context {
  // The configuration can be read only while the host hands it over.
  private configurable = false;
  /** Streams of this root that still live. */
  openStreams = 0;
  /** True once a newer configuration took its place. */
  retired = false;

  constructor(
    vm: Vm,
    readonly plugin: Plugin,
    journal: Journal,
  ) {
    super(vm, vm.allocateContextId(), journal);
  }

  /** Creates the context and starts the VM for it: false when the module refuses. */
  start(): boolean {
    const { vm } = this;
    this.configurable = true;
    vm.call(this, "proxy_on_context_create", this.id, 0);
    this.created = vm.has("proxy_on_context_create");
    this.configurable = false;
    const started =
      !vm.has("proxy_on_vm_start") ||
      vm.call(this, "proxy_on_vm_start", this.id, vm.world.vmConfig.length) !== 0;
    vm.afterCall();
    return started;
  }

  /** Hands over the plugin's configuration: false when the module refuses it. */
  configure(): boolean {
    const { vm } = this;
    this.created = true;
    if (!vm.has("proxy_on_configure")) return true;
    this.configurable = true;
    const accepted = vm.call(this, "proxy_on_configure", this.id, this.plugin.config.length) !== 0;
    this.configurable = false;
    vm.afterCall();
    return accepted;
  }

  tick(): void {
    this.vm.call(this, "proxy_on_tick", this.id);
    this.vm.afterCall();
  }

  /** `proxy_on_done`: false when the module wants to call `proxy_done` later. */
  done(): boolean {
    const done = !this.vm.has("proxy_on_done") || this.vm.call(this, "proxy_on_done", this.id) !== 0;
    this.vm.afterCall();
    return done;
  }

  delete(): void {
    this.vm.call(this, "proxy_on_delete", this.id);
    this.vm.afterCall();
    this.vm.contexts.delete(this.id);
  }

  override buffer(type: number): GuestBuffer | undefined {
    if (type !== BufferType.PluginConfiguration) return super.buffer(type);
    return this.configurable ? readOnly(this.plugin.config) : undefined;
  }

  override configuration(): Buffer {
    return this.configurable ? this.plugin.config : super.configuration();
  }

  override property(name: string): PropertyValue | undefined {
    if (name === "plugin_name") return this.plugin.name;
    if (name === "plugin_root_id") return this.plugin.rootId;
    return super.property(name);
  }
}
