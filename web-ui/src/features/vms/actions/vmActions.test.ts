import { describe, expect, it, vi } from "vitest";
import i18next from "i18next";
import type { Permission, VmStatus } from "../../../api/types";
import { applicable, unavailable } from "../../../shared/actions/action";
import { task, vm } from "../../../test/samples";
import { vmActions } from "./vmActions";

const everything = () => true;

function reasonFor(id: string, change: Parameters<typeof vm>[0], allowed: (permission: Permission) => boolean = everything) {
  const action = vmActions.find((candidate) => candidate.id === id);
  if (action === undefined) throw new Error(`no action ${id}`);
  return unavailable(action, vm(change), allowed);
}

describe("actions of a VM", () => {
  it.each<[string, VmStatus]>([
    ["start", "DOWN"],
    ["stop", "UP"],
    ["migrate", "UP"],
    ["reboot", "UP"],
    ["pause", "UP"],
    ["resume", "PAUSED"],
    ["powerOff", "STOPPING"],
    ["delete", "DOWN"],
  ])("%s may be pressed when the VM is %s", (id, status) => {
    expect(reasonFor(id, { status })).toBeUndefined();
  });

  it.each<[string, VmStatus]>([
    ["start", "UP"],
    ["stop", "DOWN"],
    ["migrate", "DOWN"],
    ["resume", "UP"],
    ["delete", "UP"],
    ["delete", "UNKNOWN"],
  ])("%s says why not when the VM is %s", (id, status) => {
    expect(reasonFor(id, { status })).toMatchObject({ key: "vms.reason.wrongState", values: { status } });
  });

  it("are all held back while a task works on the VM", () => {
    for (const { id } of vmActions.filter((action) => !["console", "whoCan", "protect", "unprotect"].includes(action.id))) {
      expect(reasonFor(id, { taskId: "task-1", status: "UP" })).toEqual({ key: "vms.reason.busy" });
    }
  });

  it("let one look at a VM while a task works on it, and say when there is nothing to see", () => {
    expect(reasonFor("console", { taskId: "task-1", status: "MIGRATING" })).toBeUndefined();
    expect(reasonFor("console", { status: "DOWN" })).toEqual({ key: "vms.reason.noConsole" });
    expect(reasonFor("console", { status: "UP" }, () => false)).toMatchObject({ key: "actions.missingPermission" });
  });

  it("are all held back for a VM that somebody else made", () => {
    for (const { id } of vmActions.filter((action) => action.id !== "whoCan")) {
      expect(reasonFor(id, { external: true, status: "UP" })).toEqual({ key: "vms.reason.external" });
    }
  });

  it("are one request when done to many", async () => {
    const requests: Request[] = [];
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
      requests.push(new Request(new URL(url, "https://manager.example"), init));
      return Promise.resolve(Response.json(task({ kind: "vms.stop" }), { status: 202 }));
    });
    try {
      for (const action of vmActions.filter(({ isBulk }) => isBulk === true)) {
        requests.length = 0;
        await action.callAll?.([vm({ id: "a" }), vm({ id: "b" })], "key-1");
        const [request, ...others] = requests;
        expect(others).toEqual([]);
        expect(new URL(request?.url ?? "").pathname).toBe("/api/v1/vms/actions");
        expect(request?.headers.get("Idempotency-Key")).toBe("key-1");
        expect(await request?.json()).toEqual({ action: action.id.toUpperCase(), vmIds: ["a", "b"] });
      }
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("name the permission that is missing before anything else", () => {
    expect(reasonFor("delete", { status: "UP" }, (permission) => permission !== "VM_DELETE")).toEqual({
      key: "actions.missingPermission",
      values: { permission: "VM_DELETE" },
    });
  });

  it("explain themselves in the words people know", () => {
    const reason = reasonFor("delete", { status: "UP" });
    expect(i18next.t(reason?.key ?? "", reason?.values)).toBe("The VM is “Up”; for this it has to be “Down”.");
  });

  it("do not delete what is protected, and show one of protecting and its opposite", () => {
    expect(reasonFor("delete", { status: "DOWN", deleteProtected: true })).toEqual({ key: "vms.reason.protected" });
    const shown = (deleteProtected: boolean): string[] =>
      vmActions
        .filter(({ id, isShown }) => id.endsWith("protect") && isShown?.(vm({ deleteProtected })))
        .map(({ id }) => id);
    expect(shown(false)).toEqual(["protect"]);
    expect(shown(true)).toEqual(["unprotect"]);
  });

  it("make people type the name before deleting", () => {
    expect(vmActions.find(({ id }) => id === "delete")?.confirm?.typeName).toBe(true);
  });

  it("are done in bulk only to the VMs they fit", () => {
    const start = vmActions.find(({ id }) => id === "start");
    const down = vm({ id: "a", status: "DOWN" });
    const up = vm({ id: "b", status: "UP" });
    if (start === undefined) throw new Error("no start");
    expect(applicable(start, [down, up], everything)).toMatchObject({
      items: [down],
      reason: { key: "vms.reason.wrongState" },
    });
  });
});
