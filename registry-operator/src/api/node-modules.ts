// Generated from registry-operator/crds/node-modules.schema.json by "npm run generate". Do not edit.

import type { KubeObject } from "../kube/object.js";

/**
 * Which modules are on a node. Named as the node, and written by its agent, on change only.
 */
export interface NodeModules extends KubeObject {
  status?: {
    /**
     * Digests of the modules that are on the node, whole and checked.
     */
    digests?: string[];
    /**
     * Modules that shall be on the node and could not be stored, the first few, and why.
     */
    failures?: {
      digest: string;
      reason: string;
      message: string;
    }[];
    agentVersion?: string;
  };
}
