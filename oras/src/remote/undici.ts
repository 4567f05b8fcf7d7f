import api from "undici/lib/api/index.js";
import Agent from "undici/lib/dispatcher/agent.js";
import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
import EnvHttpProxyAgent from "undici/lib/dispatcher/env-http-proxy-agent.js";

// The parts of undici that are used, by their files: its index loads a browser's worth of others, which takes longer than
// Node's own start. The version is exact, and all tests of the network go through here. This is what the index does:
Object.assign(Dispatcher.prototype, api);

export { Agent, type Dispatcher, EnvHttpProxyAgent };
