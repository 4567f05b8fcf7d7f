import {
  Action,
  log,
  NetworkFilter,
  PeerType,
  PluginConfiguration,
  registerNetworkFilter,
  RootContext,
  StreamData,
} from "@meshwasm/sdk/assembly";

class TcpProbe extends RootContext {
  mode: string = "";
  /** The connection that the next tick lets go on. */
  waiting: TcpProbeFilter | null = null;

  onConfigure(configuration: PluginConfiguration): bool {
    this.mode = configuration.json().get("mode").asString();
    if (this.mode == "later") this.setTickPeriod(20);
    return true;
  }

  onTick(): void {
    const waiting = this.waiting;
    if (!waiting) return;
    this.waiting = null;
    waiting.resumeDownstream();
  }
}

class TcpProbeFilter extends NetworkFilter<TcpProbe> {
  onNewConnection(): Action {
    if (this.root.mode == "log") log.info("connected");
    return Action.Continue;
  }

  onDownstreamData(data: StreamData, size: u32, endOfStream: bool): Action {
    if (this.root.mode == "wrap") {
      data.prepend("<");
      data.append(">");
    }
    if (this.root.mode == "upper" && size > 0) data.replace(data.text()!.toUpperCase());
    if (this.root.mode == "close") this.close();
    if (this.root.mode == "later") {
      this.root.waiting = this;
      return Action.Pause;
    }
    // Holds the bytes back until a whole line is there.
    if (this.root.mode == "line" && !endOfStream && data.text()!.indexOf("\n") < 0) return Action.Pause;
    return Action.Continue;
  }

  onUpstreamData(data: StreamData, size: u32, endOfStream: bool): Action {
    if (this.root.mode == "wrap" && size > 0) {
      const bytes = data.bytes()!;
      for (let i = 0; i < bytes.length; i++) if (bytes[i] == 0x3c) bytes[i] = 0x5b;
      data.replaceBytes(bytes);
    }
    return Action.Continue;
  }

  onUpstreamClose(peer: PeerType): void {
    if (this.root.mode == "log-upstream") log.info("upstream closed");
  }

  onDownstreamClose(peer: PeerType): void {
    if (this.root.mode == "log") log.info("downstream closed");
  }
}

registerNetworkFilter<TcpProbeFilter, TcpProbe>("tcp-probe");
