import { describe, expect, it } from "vitest";
import { task } from "../../../test/samples";
import { canSwitchToPostCopy, migrationNumbers, series } from "./migrationNumbers";

const MIB = 1024 * 1024;

describe("the numbers of a migration", () => {
  it("predict the time left from what is gained per second", () => {
    const numbers = migrationNumbers({
      memoryTotalBytes: 400 * MIB,
      memoryRemainingBytes: 100 * MIB,
      bandwidthBytesPerSecond: 60 * MIB,
      dirtyRateBytesPerSecond: 10 * MIB,
    });
    expect(numbers).toMatchObject({ remainingShare: 0.25, expectedMs: 2000, isFallingBehind: false });
  });

  it("say when the guest writes faster than it can be copied", () => {
    const progress = { memoryRemainingBytes: MIB, bandwidthBytesPerSecond: MIB, dirtyRateBytesPerSecond: 2 * MIB };
    expect(migrationNumbers(progress)).toMatchObject({ isFallingBehind: true, expectedMs: undefined });
    expect(migrationNumbers({ ...progress, postCopy: true })).toMatchObject({ isFallingBehind: false, expectedMs: 1000 });
  });

  it("stay unknown before the first report", () => {
    expect(migrationNumbers({})).toEqual({
      remainingBytes: undefined,
      totalBytes: undefined,
      remainingShare: undefined,
      isFallingBehind: false,
      expectedMs: undefined,
    });
  });

  it("make a curve of the samples that have them", () => {
    expect(series([{ memoryRemainingBytes: 3 }, {}, { memoryRemainingBytes: 0 }], "memoryRemainingBytes")).toEqual([3, 0]);
  });

  it("allow post-copy once, while memory is copied", () => {
    expect(canSwitchToPostCopy(task())).toBe(true);
    expect(canSwitchToPostCopy(task({ phase: "PLACED" }))).toBe(false);
    expect(canSwitchToPostCopy(task({ progress: { postCopy: true } }))).toBe(false);
    expect(canSwitchToPostCopy(task({ state: "SUCCEEDED" }))).toBe(false);
  });
});
