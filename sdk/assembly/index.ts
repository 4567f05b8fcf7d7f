export { Action, LogLevel, PeerType, Status } from "./abi";
export { clock } from "./clock";
export { PluginConfiguration } from "./configuration";
export { HttpFilter } from "./context/http-filter";
export { NetworkFilter } from "./context/network-filter";
export { RootContext } from "./context/root-context";
export { registerHttpFilter, registerNetworkFilter } from "./dispatch/registry";
export { foreignFunctions } from "./foreign-function";
export { HeaderEntry, HeaderList } from "./http/header-list";
export {
  AnswerHeaders,
  Headers,
  RequestHeaders,
  RequestTrailers,
  ResponseHeaders,
  ResponseTrailers,
} from "./http/headers";
export { HttpCallAnswer, HttpCallHandler } from "./http/http-call";
export { respond } from "./http/local-response";
export { Json, JsonKind } from "./json/json";
export { log } from "./log";
export { Counter, Gauge, Histogram } from "./metrics";
export { properties } from "./properties";
export { sharedData, SharedValue } from "./shared-data";
export { SharedQueue } from "./shared-queue";
export { StreamData } from "./stream-data";
