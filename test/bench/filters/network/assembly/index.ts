import { Action, Counter, NetworkFilter, registerNetworkFilter, StreamData } from "@meshwasm/sdk/assembly";

const counted = new Counter("bench.bytes");

class Count extends NetworkFilter {
  onDownstreamData(data: StreamData, size: u32, endOfStream: bool): Action {
    counted.increment(size);
    return Action.Continue;
  }
}

registerNetworkFilter<Count>("network");
