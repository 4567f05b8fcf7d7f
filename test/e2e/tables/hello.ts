import type { HttpCase } from "./http-case.js";

/** What examples/hello must do. */
export const helloCases: HttpCase[] = [
  {
    name: "greets the world when nothing is configured",
    request: { path: "/" },
    expect: { status: 200, response: { "x-hello": ["world"] }, upstream: { "x-hello": [] } },
  },
  {
    name: "says what it was configured to say, in UTF-8",
    config: '{"greeting": "grüße"}',
    request: { path: "/index.html", headers: [["accept", "text/html"]] },
    answer: { status: 404, headers: [["content-type", "text/plain"]], body: "nothing here" },
    expect: {
      status: 404,
      response: { "x-hello": ["grüße"], "content-type": ["text/plain"] },
      upstream: { accept: ["text/html"] },
      body: "nothing here",
    },
  },
  {
    name: "takes the place of what the upstream said",
    request: { method: "POST", path: "/form", body: "a=b" },
    answer: {
      headers: [
        ["x-hello", "one"],
        ["x-hello", "two"],
      ],
    },
    expect: { status: 200, response: { "x-hello": ["world"] } },
  },
];
