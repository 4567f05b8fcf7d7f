/** Modules: from the registry into the operator's store, and from there to the nodes' agents. */

export { checkCallbacks, checkCapabilities, leftOut } from "./capabilities.js";
export { keysOf } from "./check-signature.js";
export { checkedReference } from "./checked-reference.js";
export type { ModuleRules, ModuleServer, ModuleStore, ResolvedModule, ResolveRequest } from "./contract.js";
export {
  FolderModuleStore,
  type KnownModule,
  type ModuleStoreOptions,
  openModuleStore,
} from "./module-store.js";
export { checkSize, type RegistryAccess } from "./pull-module.js";
export { remoteFailure } from "./remote-failure.js";
export { createModuleServer, type ModuleServerOptions } from "./serve/module-server.js";
