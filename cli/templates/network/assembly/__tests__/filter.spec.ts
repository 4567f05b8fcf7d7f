import { Host } from "@meshwasm/sdk/assembly/spec";

describe("{{name}}", () => {
  it("puts its banner before the upstream's first bytes", () => {
    const connection = new Host().connect().fromClient("ping").fromUpstream("pong").fromUpstream("!");
    expect(connection.upstreamReceived).toBe("ping");
    expect(connection.clientReceived).toBe("hello\npong!");
  });

  it("refuses a configuration that does not fit, and says where", () => {
    const host = new Host();
    expect(host.configure('{"banner": 7}')).toBe(false);
    expect(host.logged("error", "$.banner: must be a string")).toBe(true);
  });

  it("takes its banner from the configuration", () => {
    const host = new Host('{"banner": "220 ready\\r\\n"}');
    expect(host.connect().fromUpstream("pong").clientReceived).toBe("220 ready\r\npong");
  });
});
