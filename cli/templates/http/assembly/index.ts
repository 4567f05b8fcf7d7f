import {
  Action,
  HttpFilter,
  PluginConfiguration,
  registerHttpFilter,
  ResponseHeaders,
  RootContext,
} from "@meshwasm/sdk/assembly";

class {{Name}} extends RootContext {
  greeting: string = "world";

  onConfigure(configuration: PluginConfiguration): bool {
    const json = configuration.json();
    this.greeting = json.get("greeting").asString("world");
    return !json.isInvalid;
  }
}

class {{Name}}Filter extends HttpFilter<{{Name}}> {
  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
    headers.set("x-{{name}}", this.root.greeting);
    return Action.Continue;
  }
}

registerHttpFilter<{{Name}}Filter, {{Name}}>("{{name}}");
