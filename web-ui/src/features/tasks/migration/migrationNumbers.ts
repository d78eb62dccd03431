import type { Task, TaskProgress } from "../../../api/types";

/** What the migration view shows, worked out of the numbers that the task carries. */
export interface MigrationNumbers {
  remainingBytes: number | undefined;
  totalBytes: number | undefined;
  /** Share of the guest's memory that is still to be copied, 0 to 1. */
  remainingShare: number | undefined;
  /** True while the guest writes faster than the network carries it away: it will not end by itself. */
  isFallingBehind: boolean;
  /** Rough time until the switch at the present speed; undefined when it would not end. */
  expectedMs: number | undefined;
}

export function migrationNumbers(progress: TaskProgress): MigrationNumbers {
  const remainingBytes = progress.memoryRemainingBytes;
  const totalBytes = progress.memoryTotalBytes;
  const dirtyRate = progress.dirtyRateBytesPerSecond ?? 0;
  const bandwidth = progress.bandwidthBytesPerSecond ?? 0;
  const isFallingBehind = bandwidth > 0 && dirtyRate >= bandwidth && progress.postCopy !== true;
  const speed = progress.postCopy === true ? bandwidth : bandwidth - dirtyRate;
  return {
    remainingBytes,
    totalBytes,
    remainingShare:
      remainingBytes !== undefined && totalBytes !== undefined && totalBytes > 0
        ? Math.min(1, remainingBytes / totalBytes)
        : undefined,
    isFallingBehind,
    expectedMs: remainingBytes !== undefined && speed > 0 ? Math.round((remainingBytes / speed) * 1000) : undefined,
  };
}

/** The curve of one number over the samples seen so far. */
export function series(history: TaskProgress[], name: "memoryRemainingBytes" | "dirtyRateBytesPerSecond"): number[] {
  return history.map((sample) => sample[name]).filter((value) => value !== undefined);
}

/** Post-copy can be switched to by hand only while memory is being copied and only once. */
export function canSwitchToPostCopy(task: Task): boolean {
  return task.state === "RUNNING" && task.phase === "COPYING" && task.progress.postCopy !== true;
}
