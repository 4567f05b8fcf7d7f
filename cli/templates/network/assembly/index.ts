import {
  Action,
  NetworkFilter,
  PluginConfiguration,
  registerNetworkFilter,
  RootContext,
  StreamData,
} from "@meshwasm/sdk/assembly";

class {{Name}} extends RootContext {
  banner: string = "hello\n";

  onConfigure(configuration: PluginConfiguration): bool {
    const json = configuration.json();
    this.banner = json.get("banner").asString("hello\n");
    return !json.isInvalid;
  }
}

class {{Name}}Filter extends NetworkFilter<{{Name}}> {
  greeted: bool = false;

  onUpstreamData(data: StreamData, size: u32, endOfStream: bool): Action {
    if (!this.greeted) {
      data.prepend(this.root.banner);
      this.greeted = true;
    }
    return Action.Continue;
  }
}

registerNetworkFilter<{{Name}}Filter, {{Name}}>("{{name}}");
