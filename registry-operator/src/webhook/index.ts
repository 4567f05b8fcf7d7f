/**
 * The admission webhooks: what is wrong with a FilterDeployment or FilterPolicy, said when it is written; and the mount for
 * pods that do not get it with their template.
 */

export type { KnownCluster } from "./known-cluster.js";
export { startWebhook, type Webhook, type WebhookOptions } from "./webhook-server.js";
