/** The operator and the node's agent as functions; `bin/meshwasm-operator.js` is the same as a program. */

export { type AgentOptions, startAgent } from "./agent/index.js";
export type { FilterDeployment } from "./api/filter-deployment.js";
export type { FilterPolicy } from "./api/filter-policy.js";
export * as names from "./api/names.js";
export type { NodeModules } from "./api/node-modules.js";
export { type ErrorCode, MeshwasmError } from "./errors.js";
export { type OperatorOptions, startOperator } from "./operator.js";
