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
  Action, AnswerHeaders, attributes, CallGroup, clock, Counter, DnsAddress, DnsHandler, Expression, foreignFunctions, Gauge, GrpcCallHandler, GrpcStatus, GrpcStreamHandler, HeaderList, Headers, Histogram, HttpCallAnswer, HttpCallHandler, HttpFilter, Json, JsonKind, LogLevel, log, NetworkFilter, PeerType, PluginConfiguration,
  properties, ProtobufReader, ProtobufWriter, registerHttpFilter, registerNetworkFilter, RequestHeaders, RequestTrailers, respond, ResponseHeaders, ResponseTrailers, RootContext, sharedData, SharedQueue, StatsSnapshot, Status, StreamData,
} from "@meshwasm/sdk/assembly";`;
