import { describe, expect, it } from "vitest";
import { changesOf, restOf, text } from "./changes";

describe("what a record says of changes", () => {
  it("is a line for each field, by name, also of masked ones", () => {
    expect(changesOf({ status: 200, changes: { vcpus: { before: 2, after: 4 }, name: { before: "a", after: "b" }, password: "***" } })).toEqual([
      { field: "name", before: "a", after: "b" },
      { field: "password", before: "***", after: "***" },
      { field: "vcpus", before: 2, after: 4 },
    ]);
  });

  it("is nothing where nothing was changed", () => {
    expect(changesOf({ status: 200 })).toEqual([]);
    expect(changesOf({ changes: "?" })).toEqual([]);
  });

  it("leaves the rest for itself", () => {
    expect(restOf({ status: 200, changes: {} })).toEqual([["status", 200]]);
  });

  it("is readable whatever it is", () => {
    expect([text(null), text(""), text("a"), text(false), text({ a: 1 })]).toEqual(["–", "–", "a", "false", '{"a":1}']);
  });
});
