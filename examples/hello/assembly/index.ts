import {
  Action,
  Counter,
  HttpFilter,
  PluginConfiguration,
  registerHttpFilter,
  ResponseHeaders,
  RootContext,
} from "@meshwasm/sdk/assembly";
const greeted = new Counter("hello.greeted");

class Hello extends RootContext {
  greeting: string = "";
  onConfigure(configuration: PluginConfiguration): bool {
    const json = configuration.json();
    this.greeting = json.get("greeting").asString("world");
    return !json.isInvalid;
  }
}

class HelloFilter extends HttpFilter<Hello> {
  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
    headers.set("x-hello", this.root.greeting);
    greeted.increment();
    return Action.Continue;
  }
}

registerHttpFilter<HelloFilter, Hello>("hello");
