// What Envoy knows of a stream, by name: each is one hostcall, and encodes nothing. Texts are null when the attribute is
// absent, numbers are the fallback, and `properties.status` says why.
// Newer attributes are absent in an older Envoy; all of these are in 1.40.
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes

import * as connection from "./connection";
import * as destination from "./destination";
import * as node from "./node";
import * as plugin from "./plugin";
import * as request from "./request";
import * as response from "./response";
import * as source from "./source";
import * as stream from "./stream";
import * as upstream from "./upstream";
import * as xds from "./xds";

export { connection, destination, node, plugin, request, response, source, stream, upstream, xds };
