import assert from "node:assert/strict";
import { test } from "node:test";
import { originOf } from "./origin.js";

test("every name of Docker Hub leads to its registry; all other hosts to themselves", () => {
  for (const host of ["docker.io", "index.docker.io", "registry-1.docker.io"]) {
    assert.equal(originOf(host, false), "https://registry-1.docker.io");
  }
  assert.equal(originOf("r.example.com:5000", false), "https://r.example.com:5000");
  assert.equal(originOf("127.0.0.1:5000", true), "http://127.0.0.1:5000");
  assert.equal(originOf("r.docker.io", false), "https://r.docker.io");
});
