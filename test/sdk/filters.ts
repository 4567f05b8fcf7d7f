// Filters for tests, as AssemblyScript sources.

/** One filter of a module: the class of its streams and the body of that class. */
export function httpFilter(body: string, before = "", more = ""): string {
  return `${imports}
${before}
class Tested extends HttpFilter {
${body}
}
registerHttpFilter<Tested>("tested");
${more}`;
}

/** Everything that a filter may use, imported. */
export const imports = `import {
  Action, Counter, HeaderList, HttpFilter, Json, JsonKind, LogLevel, log, NetworkFilter, PeerType, PluginConfiguration,
  registerHttpFilter, registerNetworkFilter, RequestHeaders, respond, ResponseHeaders, RootContext, Status, StreamData,
} from "@meshwasm/sdk/assembly";`;
