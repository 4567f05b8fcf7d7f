export { Action, GrpcStatus, LogLevel, PeerType, Status } from "./abi";
import * as attributes from "./attributes/index";
export { attributes };
export { clock } from "./clock";
export { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from "./codec/base64";
export { Cookies } from "./codec/cookies";
export { decodeHex, encodeHex } from "./codec/hex";
export { formatHttpDate } from "./codec/http-date";
export { formatIsoDate, NO_DATE, parseIsoDate } from "./codec/iso-date";
export { decodeUrlComponent, encodeUrlComponent } from "./codec/percent";
export { Query } from "./codec/query";
export { SameSite, SetCookie } from "./codec/set-cookie";
export { Url } from "./codec/url";
export { LruMap } from "./collections/lru-map";
export { TokenBucket } from "./collections/token-bucket";
export { ConfigReader } from "./config/config-reader";
export { PluginConfiguration, VmConfiguration } from "./configuration";
export { HttpFilter } from "./context/http-filter";
export { NetworkFilter } from "./context/network-filter";
export { RootContext } from "./context/root-context";
export { hmacSha256 } from "./crypto/hmac";
export { Jwt } from "./crypto/jwt";
export { sameSecret, verifyHmacSha256 } from "./crypto/same-secret";
export { Sha256, sha256 } from "./crypto/sha256";
export { registerHttpFilter, registerNetworkFilter } from "./dispatch/registry";
export { DnsAddress, DnsHandler } from "./dns";
export { Expression } from "./expression";
export { foreignFunctions, LifeSpan, PropertyType } from "./foreign-function";
export { GrpcCallHandler } from "./grpc/call";
export { GrpcStreamHandler } from "./grpc/stream";
export { HeaderEntry, HeaderList } from "./http/header-list";
export {
  AnswerHeaders,
  Headers,
  RequestHeaders,
  RequestTrailers,
  ResponseHeaders,
  ResponseTrailers,
} from "./http/headers";
export { CallGroup, KeptAnswer } from "./http/call-group";
export { CallSequence } from "./http/call-sequence";
export { HttpCallAnswer, HttpCallHandler } from "./http/http-call";
export { respond, respondBytes, respondGrpc } from "./http/local-response";
export { JsonCursor } from "./json/cursor";
export { Json, JsonKind } from "./json/json";
export { JsonWriter } from "./json/writer";
export { log } from "./log";
export { contains, endsWith, indexOf, startsWith } from "./matching/contains";
export { compileGlob } from "./matching/glob";
export { Match } from "./matching/match";
export { Regex } from "./matching/regex";
export { Counter, Gauge, Histogram } from "./metrics";
export { ProtobufReader } from "./protobuf/reader";
export { ProtobufWriter } from "./protobuf/writer";
export { properties } from "./properties";
export { SharedChange, sharedData, SharedValue } from "./shared-data";
export { SharedQueue } from "./shared-queue";
export { Stat, StatsSnapshot } from "./stats";
export { StreamData } from "./stream-data";
