import type { Host, Manager, Task, Vm } from "../api/types";

const AT = "2026-01-02T03:04:05Z";

export function vm(change: Partial<Vm> = {}): Vm {
  return {
    id: "vm-1",
    name: "web-1",
    description: "",
    clusterId: "cluster-1",
    vcpus: 2,
    memoryMiB: 512,
    firmware: "BIOS",
    imageId: null,
    desiredPower: "RUNNING",
    status: "UP",
    statusReason: "",
    statusSince: AT,
    hostId: "host-1",
    hostName: "host-1",
    disks: [],
    nics: [],
    taskId: null,
    deleteProtected: false,
    external: false,
    tags: [],
    conditions: [],
    version: 7,
    createdAt: AT,
    ...change,
  };
}

export function task(change: Partial<Task> = {}): Task {
  return {
    id: "task-1",
    kind: "vm.migrate",
    state: "RUNNING",
    phase: "COPYING",
    progress: { percent: 10 },
    steps: [],
    parentId: null,
    items: [],
    target: { kind: "vm", id: "vm-1", name: "web-1" },
    requestedBy: "admin",
    correlationId: "correlation-1",
    error: null,
    cancelRequested: false,
    createdAt: AT,
    updatedAt: AT,
    finishedAt: null,
    ...change,
  };
}

export function host(change: Partial<Host> = {}): Host {
  return {
    id: "host-1",
    name: "host-1",
    clusterId: "cluster-1",
    maintenance: false,
    version: 1,
    createdAt: AT,
    status: "UP",
    statusReason: "",
    statusSince: AT,
    observedAt: AT,
    hostname: "host-1.example",
    agentVersion: "0.1.0",
    kernelVersion: "6.1",
    libvirtVersion: "9.0.0",
    qemuVersion: "7.2.0",
    cpus: 4,
    cpuModel: "qemu64",
    memoryMiB: 8192,
    acceleration: "KVM",
    agentAddress: "192.0.2.1:7443",
    migrationAddress: "192.0.2.1",
    capabilities: [],
    conditions: [],
    reserved: { vcpus: 0, memoryMiB: 0, vms: 0 },
    statistics: null,
    ...change,
  };
}

export function manager(change: Partial<Manager> = {}): Manager {
  return {
    id: "m-1",
    name: "manager",
    state: "LIVING",
    answering: true,
    url: "https://m1:8443",
    agentAddress: "m1:8444",
    lives: 1,
    startedAt: AT,
    lastSeenAt: AT,
    term: 1,
    hostsWatched: 2,
    hostsConnected: 2,
    ...change,
  };
}
