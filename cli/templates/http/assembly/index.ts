import {
  Action,
  HttpFilter,
  PluginConfiguration,
  registerHttpFilter,
  ResponseHeaders,
  RootContext,
} from "@meshwasm/sdk/assembly";
import { Config } from "./config";

class {{Name}} extends RootContext {
  config: Config = new Config();

  onConfigure(configuration: PluginConfiguration): bool {
    return this.config.read(configuration);
  }
}

class {{Name}}Filter extends HttpFilter<{{Name}}> {
  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
    headers.set("x-{{name}}", this.root.config.greeting);
    return Action.Continue;
  }
}

registerHttpFilter<{{Name}}Filter, {{Name}}>("{{name}}");
