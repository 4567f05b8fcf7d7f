/** The node agent: keeps the modules that the operator wants in the node's store, and says which are there. */

export type { NodeReport } from "./node-report.js";
export type { AgentLog, AgentOptions } from "./options.js";
export { startAgent } from "./start-agent.js";
