import {
  Action,
  attributes,
  HttpFilter,
  log,
  properties,
  registerHttpFilter,
  RequestHeaders,
  ResponseHeaders,
} from "@meshwasm/sdk/assembly";

function shown(text: string | null): string {
  return text == null ? "null" : text;
}

function known(value: i64): string {
  return value >= 0 ? "known" : "unknown";
}

class AttributesFilter extends HttpFilter {
  private path: string = "";

  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    this.path = headers.get(":path")!;
    if (this.path.startsWith("/request")) this.ofRequest(headers);
    if (this.path == "/connection") this.ofConnection(headers);
    if (this.path == "/configuration") this.ofConfiguration(headers);
    if (this.path == "/custom") this.custom(headers);
    return Action.Continue;
  }

  private ofRequest(headers: RequestHeaders): void {
    headers.set("x-path", shown(attributes.request.path()));
    headers.set("x-url-path", shown(attributes.request.urlPath()));
    headers.set("x-query", shown(attributes.request.query()));
    headers.set("x-host", attributes.request.host() == headers.get(":authority") ? "same" : "other");
    headers.set("x-scheme", shown(attributes.request.scheme()));
    headers.set("x-method", shown(attributes.request.method()));
    headers.set("x-protocol", shown(attributes.request.protocol()));
    headers.set("x-referer", shown(attributes.request.referer()));
    headers.set("x-user-agent", shown(attributes.request.userAgent()));
    headers.set("x-id", shown(attributes.request.id()));
    headers.set("x-size", attributes.request.size(-1).toString());
    headers.set("x-time", known(attributes.request.time(-1)));
    headers.set("x-duration", known(attributes.request.duration(-1)));
    headers.set("x-total", known(attributes.request.totalSize(-1)));
    headers.set("x-tag", shown(attributes.request.header("x-tags")));
    headers.set("x-no-tag", shown(attributes.request.header("x-absent")));
    const all = properties.getMap(["request", "headers"]);
    headers.set("x-map", all ? shown(all.get("x-tags")) : "null");
  }

  private ofConnection(headers: RequestHeaders): void {
    headers.set("x-source", shown(attributes.source.address()).split(":")[0]);
    headers.set("x-source-port", known(attributes.source.port(-1)));
    headers.set("x-destination", shown(attributes.destination.address()).split(":")[0]);
    headers.set("x-destination-port", known(attributes.destination.port(-1)));
    headers.set("x-id", known(attributes.connection.id(-1)));
    headers.set("x-mtls", attributes.connection.mtls() ? "yes" : "no");
    headers.set("x-sni", shown(attributes.connection.requestedServerName()));
    headers.set("x-tls", shown(attributes.connection.tlsVersion()));
    headers.set("x-peer", shown(attributes.connection.uriSanPeerCertificate()));
  }

  private ofConfiguration(headers: RequestHeaders): void {
    headers.set("x-plugin", shown(attributes.plugin.name()));
    headers.set("x-root", shown(attributes.plugin.rootId()));
    headers.set("x-vm", shown(attributes.plugin.vmId()));
    headers.set("x-node", shown(attributes.node.id()));
    headers.set("x-node-cluster", shown(attributes.node.cluster()));
    headers.set("x-node-metadata", shown(attributes.node.metadata(["team"])));
    headers.set("x-cluster", shown(attributes.xds.clusterName()));
    headers.set("x-cluster-metadata", shown(attributes.xds.clusterMetadata("test", ["tier", "name"])));
    headers.set("x-route", shown(attributes.xds.routeName()));
    headers.set("x-route-metadata", shown(attributes.xds.routeMetadata("test", ["owner"])));
    headers.set("x-no-metadata", shown(attributes.xds.routeMetadata("test", ["absent"])));
    headers.set("x-direction", attributes.xds.listenerDirection(-1).toString());
    headers.set("x-virtual-host", shown(attributes.xds.virtualHostName()));
    headers.set("x-dynamic", shown(attributes.stream.metadata("none", ["such"])));
  }

  private custom(headers: RequestHeaders): void {
    const absent = properties.getString(["mine"]);
    headers.set("x-before", shown(absent) + " " + (<i32>properties.status).toString());
    headers.set("x-set", (<i32>properties.set(["mine"], "ä value")).toString());
    headers.set("x-mine", shown(properties.getString(["mine"])));
    headers.set("x-state", shown(attributes.stream.filterState("wasm.mine")));
    headers.set("x-set-bytes", (<i32>properties.setBytes(["mine"], new Uint8Array(2))).toString());
    headers.set("x-bytes", properties.getBytes(["mine"])!.length.toString());
  }

  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
    if (this.path != "/response") return Action.Continue;
    headers.set("x-code", attributes.response.code(-1).toString());
    headers.set("x-details", shown(attributes.response.codeDetails()));
    headers.set("x-flags", attributes.response.flags(-1).toString());
    headers.set("x-grpc", attributes.response.grpcStatus(-1).toString());
    headers.set("x-header", shown(attributes.response.header("x-tags")));
    headers.set("x-upstream", shown(attributes.upstream.address()).split(":")[0]);
    headers.set("x-upstream-port", known(attributes.upstream.port(-1)));
    headers.set("x-local", shown(attributes.upstream.localAddress()).split(":")[0]);
    headers.set("x-tls", shown(attributes.upstream.tlsVersion()));
    headers.set("x-cluster", shown(attributes.xds.clusterName()));
    headers.set("x-attempts", attributes.upstream.requestAttemptCount(-1).toString());
    return Action.Continue;
  }

  onLog(): void {
    if (this.path != "/log") return;
    log.info(
      shown(attributes.request.path()) +
        " " +
        attributes.response.code(-1).toString() +
        " " +
        attributes.response.size(-1).toString() +
        " " +
        known(attributes.request.duration(-1)) +
        " " +
        shown(attributes.response.trailer("x-sum")),
    );
  }
}

registerHttpFilter<AttributesFilter>("attributes");
