/** The validating admission webhook: what is wrong with a FilterDeployment or FilterPolicy, said when it is written. */

export { startWebhook, type Webhook, type WebhookOptions } from "./webhook-server.js";
