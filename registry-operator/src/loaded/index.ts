/** What the Envoys really run, read from their own stats. */

export { type LoadedPlugin, loadedPlugins } from "./envoy-stats.js";
export { type LoadedState, LoadedTracker } from "./loaded-tracker.js";
export { type RequestCounts, requestCounts, type Side } from "./request-stats.js";
export { type StatsAnswer, StatsReader, type StatsReaderOptions } from "./stats-reader.js";
