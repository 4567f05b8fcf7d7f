import {
  Action,
  NetworkFilter,
  PluginConfiguration,
  registerNetworkFilter,
  RootContext,
  StreamData,
} from "@meshwasm/sdk/assembly";
import { Config } from "./config";

class {{Name}} extends RootContext {
  config: Config = new Config();

  onConfigure(configuration: PluginConfiguration): bool {
    return this.config.read(configuration);
  }
}

class {{Name}}Filter extends NetworkFilter<{{Name}}> {
  greeted: bool = false;

  onUpstreamData(data: StreamData, size: u32, endOfStream: bool): Action {
    if (!this.greeted) {
      data.prepend(this.root.config.banner);
      this.greeted = true;
    }
    return Action.Continue;
  }
}

registerNetworkFilter<{{Name}}Filter, {{Name}}>("{{name}}");
