/** Reconciling: from FilterDeployments to a mesh that runs them. */

export { Controller, type ControllerOptions } from "./controller.js";
export type { Observer } from "./observer.js";
