import { Host } from "@meshwasm/sdk/assembly/spec";

describe("{{name}}", () => {
  it("adds its header to every response", () => {
    const exchange = new Host().request("GET", "/").send();
    expect(exchange.status).toBe(200);
    expect(exchange.responseHeader("x-{{name}}")).toBe("world");
  });

  it("refuses a configuration that does not fit, and says where", () => {
    const host = new Host();
    expect(host.configure('{"greeting": 7}')).toBe(false);
    expect(host.logged("error", "$.greeting: must be a string")).toBe(true);
  });

  it("takes its greeting from the configuration", () => {
    const host = new Host('{"greeting": "hello there"}');
    expect(host.request().send().responseHeader("x-{{name}}")).toBe("hello there");
  });
});
