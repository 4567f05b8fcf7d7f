export type { RegistryAuth } from "./auth.js";
export type { Fault, FaultRule, FaultSource } from "./faults.js";
export type { LoggedRequest, RegistryRequest } from "./request.js";
export { type Registry, type RegistryOptions, startRegistry } from "./start.js";
