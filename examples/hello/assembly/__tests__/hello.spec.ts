import { Host } from "@meshwasm/sdk/assembly/spec";

describe("hello", () => {
  it("greets the world when nothing is configured", () => {
    const exchange = new Host().request().send();
    expect(exchange.status).toBe(200);
    expect(exchange.responseHeader("x-hello")).toBe("world");
  });

  it("says what it was configured to say", () => {
    const host = new Host('{"greeting": "gr\\u00fc\\u00dfe"}');
    expect(host.request("GET", "/a").send().responseHeader("x-hello")).toBe("grüße");
  });

  it("takes the place of what the upstream said", () => {
    const exchange = new Host().request().answerHeader("x-hello", "upstream").send();
    expect(exchange.responseHeader("x-hello")).toBe("world");
  });

  it("counts", () => {
    const host = new Host();
    expect(host.counter("hello.greeted")).toBe(0);
    host.request().send();
    host.request().send();
    expect(host.counter("hello.greeted")).toBe(2);
  });

  it("refuses a configuration that is not JSON, and says where", () => {
    const host = new Host();
    expect(host.configure('{"greeting":}')).toBe(false);
    expect(host.logged("error", "line 1, column 13: expected a value")).toBe(true);
  });
});
