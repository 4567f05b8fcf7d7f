// Generated from registry-operator/crds/filter-policy.schema.json by "npm run generate". Do not edit.

import type { KubeObject } from "../kube/object.js";

/**
 * What the FilterDeployments of some namespaces may run. All policies that bind a namespace hold there together.
 */
export interface FilterPolicy extends KubeObject {
  spec: {
    /**
     * The namespaces that it binds. Absent: all.
     */
    namespaces?: string[];
    /**
     * True: the filters of these namespaces do nothing until it is taken away. Slots, modules and mounts stay, so that both ways are as quick as a label.
     */
    disabled?: boolean;
    /**
     * Images may only come from these: HOST/REPOSITORY or a prefix of it by whole segments; * is one host label or segment. Absent: from everywhere. Empty: from nowhere.
     */
    allowedRegistries?: string[];
    /**
     * The largest module. Absent: 64 MiB, which is also the most.
     */
    maxModuleBytes?: number;
    /**
     * The functions of Envoy that a module may import, by their names as capabilities: proxy_http_call, fd_write. Absent: all. Empty: none.
     */
    allowedCapabilities?: string[];
    /**
     * Absent: signatures are not asked for.
     */
    signing?: {
      /**
       * PEM public keys; one of them must have signed the image.
       */
      publicKeys: string[];
    };
  };
}
