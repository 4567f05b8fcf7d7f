/** Modules: from the registry into the operator's store, and from there to the nodes' agents. */

export type { ModuleRules, ModuleServer, ModuleStore, ResolvedModule, ResolveRequest } from "./contract.js";
export { FolderModuleStore, type ModuleStoreOptions, openModuleStore } from "./module-store.js";
export type { RegistryAccess } from "./pull-module.js";
export { createModuleServer, type ModuleServerOptions } from "./serve/module-server.js";
