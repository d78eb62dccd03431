// A stand-in for the manager, for work on the page and for trying its browser tests: it keeps a few objects in memory
// and simulates tasks and a live migration. Never part of the product.
//
//   npm run build && npm run mock      → http://127.0.0.1:8899, user admin, password in e2e/mock-password.txt
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "..", "dist");
const port = Number(process.env.MOCK_PORT ?? 8899);
const password = readFileSync(join(here, "mock-password.txt"), "utf8").trim();
const MIB = 1024 * 1024;

const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'";
const PERMISSIONS = [
  "DATA_CENTER_READ", "HOST_READ", "HOST_ENROL", "HOST_MAINTENANCE", "VM_READ", "VM_CREATE", "VM_CHANGE", "VM_DELETE",
  "VM_OPERATE", "VM_MIGRATE", "IMAGE_READ", "IMAGE_CREATE", "IMAGE_DELETE", "STORAGE_READ", "NETWORK_READ", "TASK_READ",
  "TASK_CANCEL", "EVENT_READ", "AUDIT_READ", "MANAGER_READ", "SESSION_OWN",
];

const now = () => new Date().toISOString();
const id = () => randomUUID();
const store = { vms: [], hosts: [], images: [], tasks: [], events: [], networks: [], clusters: [], "storage-domains": [], datacenters: [], managers: [] };
const sessions = new Map();
const streams = new Set();
let eventNumber = 0;

function seed() {
  const dataCenter = { id: id(), name: "Default", description: "", version: 1, createdAt: now() };
  const cluster = { id: id(), dataCenterId: dataCenter.id, name: "Default", description: "", cpuModel: "qemu64", version: 1, createdAt: now() };
  store.datacenters.push(dataCenter);
  store.clusters.push(cluster);
  store["storage-domains"].push({ id: id(), dataCenterId: dataCenter.id, name: "shared", kind: "SHARED_DIRECTORY", path: "/storage", version: 1, createdAt: now() });
  store.networks.push({ id: id(), dataCenterId: dataCenter.id, name: "default", vni: 100, mtu: 1450, subnet: "10.80.0.0/24", gateway: "10.80.0.1", version: 1, createdAt: now() });
  store.managers.push({ id: id(), name: "manager", state: "LIVING", answering: true, url: "https://manager.lab:8443", agentAddress: "manager.lab:8444", lives: 1, startedAt: now(), lastSeenAt: now(), term: 1, hostsWatched: 3, hostsConnected: 3 });
  store.images.push({ id: id(), name: "meseta-guest", description: "Small Debian guest with a counter", storageDomainId: store["storage-domains"][0].id, status: "READY", virtualSizeMiB: 512, version: 1, createdAt: now() });
  for (let n = 1; n <= 3; n++) {
    store.hosts.push({
      id: id(), name: `host-${n}`, clusterId: cluster.id, maintenance: n === 3, version: 1, createdAt: now(),
      status: n === 3 ? "MAINTENANCE" : "UP", statusReason: "", statusSince: now(), observedAt: now(), hostname: `host-${n}.lab`,
      agentVersion: "0.1.0", kernelVersion: "6.18.0", libvirtVersion: "9.0.0", qemuVersion: "7.2.0", cpus: 4,
      cpuModel: "AMD EPYC", memoryMiB: 8192, acceleration: "TCG",
      capabilities: ["migration.live", "migration.auto-converge", "migration.tls", "migration.post-copy", "firmware.uefi", "network.vxlan"],
      conditions: n === 2 ? [{ code: "KVM_NOT_USABLE", message: "guests are emulated, about ten times slower: /dev/kvm cannot be opened" }] : [],
      agentAddress: `10.79.0.1${n}:7443`, migrationAddress: `10.79.0.1${n}`,
      reserved: { vcpus: 0, memoryMiB: 0, vms: 0 },
      statistics: { sampledAt: now(), cpuUsagePercent: 7 + n, memoryUsedMiB: 900, memoryAvailableMiB: 7292 },
    });
  }
}

function publish(kind, objectKind, objectId, extra = {}) {
  const event = { id: ++eventNumber, at: now(), kind, objectKind, objectId, severity: "INFO", code: "", message: "", correlationId: "", data: {}, ...extra };
  store.events.unshift(event);
  for (const stream of streams) stream.write(`id: ${event.id}\nevent: ${kind}\ndata: ${JSON.stringify(event)}\n\n`);
}

function publishVolatile(kind, objectKind, objectId, data) {
  const event = { id: null, at: now(), kind, objectKind, objectId, severity: "INFO", code: "", message: "", correlationId: "", data };
  for (const stream of streams) stream.write(`event: ${kind}\ndata: ${JSON.stringify(event)}\n\n`);
}

const find = (noun, objectId) => store[noun].find((item) => item.id === objectId);
const vmChanged = (vm, change) => {
  Object.assign(vm, change, { version: vm.version + 1, statusSince: now() });
  reserve();
  publish("vm.changed", "vm", vm.id, change.status ? { data: { status: change.status } } : {});
};

const taskChanged = (task, extra = {}) =>
  publish("task.changed", "task", task.id, {
    correlationId: task.correlationId,
    message: `${task.kind} of ${task.target.kind} ${task.target.name} is in phase ${task.phase}.`,
    data: {
      taskId: task.id, kind: task.kind, state: task.state, phase: task.phase, targetKind: task.target.kind,
      targetId: task.target.id, targetName: task.target.name, cancelRequested: task.cancelRequested,
    },
    ...extra,
  });

function reserve() {
  for (const host of store.hosts) {
    const vms = store.vms.filter((vm) => vm.hostId === host.id);
    host.reserved = { vcpus: vms.reduce((sum, vm) => sum + vm.vcpus, 0), memoryMiB: vms.reduce((sum, vm) => sum + vm.memoryMiB, 0), vms: vms.length };
  }
}

function newTask(kind, vm, username) {
  const task = {
    id: id(), kind, state: "RUNNING", phase: "REQUESTED", progress: { percent: 0 }, steps: [], parentId: null, items: [],
    target: { kind: kind.split(".")[0], id: vm.id, name: vm.name }, requestedBy: username, correlationId: id(), error: null,
    cancelRequested: false, createdAt: now(), updatedAt: now(), finishedAt: null,
  };
  store.tasks.unshift(task);
  if (vm.disks) vm.taskId = task.id;
  taskChanged(task);
  return task;
}

const lastAt = (task) => task.steps.at(-1)?.at ?? task.createdAt;

function step(task, phase, detail) {
  task.steps.push({ number: task.steps.length + 1, phase: task.phase, attempt: 0, result: phase === "CANCELLING" ? "COMPENSATED" : "ADVANCED", detail, errorCode: null, startedAt: lastAt(task), at: now() });
  task.phase = phase;
  taskChanged(task);
}

function finish(task, state, error = null) {
  const detail = error ? `${error.code}: ${error.detail}` : "";
  task.steps.push({ number: task.steps.length + 1, phase: task.phase, attempt: 0, result: state, detail, errorCode: error?.code ?? null, startedAt: lastAt(task), at: now() });
  Object.assign(task, { state, error, phase: state === "CANCELLED" && task.kind === "vm.migrate" ? task.phase : state, finishedAt: now() });
  if (state === "SUCCEEDED") task.progress.percent = 100;
  const vm = find("vms", task.target.id);
  if (vm) {
    vm.taskId = null;
    publish("vm.changed", "vm", vm.id);
  }
  taskChanged(task, {
    severity: { FAILED: "ERROR", CANCELLED: "WARNING" }[state] ?? "INFO", code: error?.code ?? "",
    message: `${task.kind} of ${task.target.kind} ${task.target.name}: ${error?.detail ?? state.toLowerCase()}`,
  });
}

/** Runs steps one after another: [milliseconds, what to do]. */
function script(steps) {
  const [first, ...rest] = steps;
  if (first) setTimeout(() => { first[1](); script(rest); }, first[0]);
}

function candidates(need, excluded, required) {
  return store.hosts
    .map((host) => {
      const free = host.memoryMiB - host.reserved.memoryMiB;
      const reasons = [];
      if (host.maintenance) reasons.push({ code: "HOST_IN_MAINTENANCE", message: `${host.name} is in maintenance.` });
      if (host.id === excluded) reasons.push({ code: "SAME_HOST", message: "The VM runs there already." });
      if (required && host.id !== required) reasons.push({ code: "OTHER_HOST_REQUIRED", message: "Another host was asked for." });
      if (free < need.memoryMiB) reasons.push({ code: "NOT_ENOUGH_MEMORY", message: `Needs ${need.memoryMiB} MiB of memory, ${free} MiB are free.` });
      const accepted = reasons.length === 0;
      if (accepted) reasons.push({ code: "SPREAD", message: `${free - need.memoryMiB} MiB stay free; ${host.reserved.vms} VMs run there.` });
      return { hostId: host.id, hostName: host.name, accepted, score: accepted ? (100 * (free - need.memoryMiB)) / host.memoryMiB : 0, reasons };
    })
    .sort((a, b) => Number(b.accepted) - Number(a.accepted) || b.score - a.score);
}

function migrate(vm, task, target) {
  const total = vm.memoryMiB * MIB;
  const bandwidth = 40 * MIB;
  let remaining = total;
  let elapsed = 0;
  let transferred = 0;
  Object.assign(task.progress, { sourceHostId: vm.hostId, sourceHostName: vm.hostName, targetHostId: target.id, targetHostName: target.name });
  script([
    [200, () => { vmChanged(vm, { status: "MIGRATING" }); step(task, "PLACED", `${target.name} has the highest score`); }],
    [200, () => step(task, "TARGET_PREPARED", "")],
    [200, () => { step(task, "COPYING", ""); tick(); }],
  ]);
  const tick = () => {
    if (task.cancelRequested) {
      vmChanged(vm, { status: "UP" });
      step(task, "CANCELLING", "Cancelled by request");
      finish(task, "CANCELLED", { code: "MIGRATION_CANCELLED", detail: `The migration was cancelled; ${vm.name} stays on ${vm.hostName}.` });
      return;
    }
    const dirty = (4 + 10 * Math.abs(Math.sin(elapsed / 900))) * MIB;
    elapsed += 400;
    transferred += bandwidth * 0.4;
    remaining = Math.max(0, remaining - (bandwidth - dirty) * 0.4);
    Object.assign(task.progress, {
      percent: Math.min(99, Math.round((1 - remaining / total) * 100)), elapsedMs: elapsed, memoryTotalBytes: total,
      memoryTransferredBytes: transferred, memoryRemainingBytes: remaining, dirtyRateBytesPerSecond: dirty,
      bandwidthBytesPerSecond: bandwidth, iteration: 1 + Math.floor(elapsed / 2500), downtimeMs: 120, postCopy: false, throttlePercent: 0,
    });
    publishVolatile("task.progress", "task", task.id, { taskId: task.id, progress: task.progress });
    if (remaining > 0) return void setTimeout(tick, 400);
    step(task, "SWITCHED", "The guest runs on the target");
    script([
      [300, () => { vmChanged(vm, { status: "UP", hostId: target.id, hostName: target.name }); step(task, "SOURCE_CLEANED", ""); }],
      [200, () => { Object.assign(task.progress, { downtimeMs: 87, totalMs: elapsed + 1100 }); finish(task, "SUCCEEDED"); }],
    ]);
  };
}

const problem = (status, code, detail, errors = []) => ({ status, problem: { type: `urn:meseta:problem:${code}`, title: code, status, detail, code, correlationId: id(), errors } });

function list(noun, query) {
  let items = [...store[noun]];
  for (const term of (query.get("q") ?? "").split(/\s+/).filter(Boolean)) {
    const [, field, value] = /^(\w+)[:=](.*)$/.exec(term) ?? [];
    if (field === undefined) items = items.filter((item) => `${item.name} ${item.description}`.toLowerCase().includes(term.toLowerCase()));
    else if (!["status", "host", "name", "cluster", "state", "kind", "target", "parent"].includes(field)) return problem(400, "MALFORMED_REQUEST", `The search does not know the field "${field}". Known are status, host, cluster and name.`);
    else if (field === "parent") items = items.filter((item) => (item.parentId ?? "none") === value);
    else if (field === "target") items = items.filter((item) => item.target.id === value || item.target.name === value);
    else {
      const pattern = new RegExp(`^${value.replaceAll("*", ".*")}$`, "i");
      items = items.filter((item) => pattern.test((field === "host" ? item.hostName : item[field]) ?? ""));
    }
  }
  const sort = query.get("sort") ?? "";
  const field = sort.replace("-", "");
  if (field) items.sort((a, b) => String(a[field]).localeCompare(String(b[field]), "en", { numeric: true }) * (sort.startsWith("-") ? -1 : 1));
  const start = Number(query.get("cursor") ?? 0);
  const limit = Number(query.get("limit") ?? 50);
  return { status: 200, body: { items: items.slice(start, start + limit), nextCursor: start + limit < items.length ? String(start + limit) : null } };
}

function createVm(body, username, isDryRun) {
  const errors = [];
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(body.name ?? "")) errors.push({ field: "name", message: "must be 1 to 63 letters, digits, dots, hyphens or underscores" });
  if (errors.length) return problem(400, "VALIDATION_FAILED", "The request has fields that are not valid.", errors);
  const image = find("images", body.imageId);
  if (!image) return problem(422, "IMAGE_NOT_FOUND", `There is no image with the id ${body.imageId}.`);
  if (store.vms.some((vm) => vm.name === body.name)) return problem(409, "NAME_TAKEN", `There is a VM named "${body.name}" already. Choose another name.`);
  const ranked = candidates(body, undefined, body.hostId);
  if (isDryRun) return { status: 200, body: { placement: { candidates: ranked } } };
  const best = ranked.find((candidate) => candidate.accepted);
  if (!best) return problem(422, "NO_SUITABLE_HOST", `No host can take the VM: ${ranked.map((c) => `${c.hostName}: ${c.reasons[0].message}`).join(" ")}`);
  const number = store.vms.length + 10;
  const vm = {
    id: id(), name: body.name, description: body.description ?? "", clusterId: store.clusters[0].id, vcpus: body.vcpus, memoryMiB: body.memoryMiB,
    firmware: body.firmware ?? "BIOS", imageId: image.id, desiredPower: "RUNNING", status: "DOWN", statusReason: "", statusSince: now(), hostId: null, hostName: null,
    disks: [{ id: id(), storageDomainId: image.storageDomainId, imageId: image.id, index: 0, status: "READY", sizeMiB: body.diskSizeMiB ?? image.virtualSizeMiB }],
    nics: [{ id: id(), networkId: store.networks[0].id, macAddress: `52:54:00:00:00:${number.toString(16).padStart(2, "0")}`, address: `10.80.0.${number}/24` }],
    taskId: null, external: false, conditions: [], version: 1, createdAt: now(),
  };
  store.vms.push(vm);
  const task = newTask("vm.create", vm, username);
  const host = find("hosts", best.hostId);
  const start = body.start !== false;
  script([
    [300, () => publish("vm.changed", "vm", vm.id)],
    [500, () => { task.progress = { percent: 40 }; publishVolatile("task.progress", "task", task.id, { taskId: task.id, progress: task.progress }); step(task, "VOLUME_READY", `The VM goes to ${host.name}.`); }],
    [500, () => { if (start) vmChanged(vm, { status: "STARTING", hostId: host.id, hostName: host.name }); }],
    [700, () => { if (start) vmChanged(vm, { status: "UP" }); finish(task, "SUCCEEDED"); }],
  ]);
  return { status: 202, body: task };
}

function verb(vm, name, body, username, isDryRun) {
  if (name === "migrate") {
    const ranked = candidates(vm, vm.hostId, undefined);
    if (isDryRun) return { status: 200, body: { placement: { candidates: ranked } } };
    if (vm.taskId) return problem(409, "TASK_IN_PROGRESS", `A task works on ${vm.name} already.`);
    if (vm.status !== "UP") return problem(422, "VM_NOT_RUNNING", `${vm.name} does not run.`);
    const chosen = body?.targetHostId ? ranked.find((c) => c.hostId === body.targetHostId) : ranked.find((c) => c.accepted);
    if (!chosen?.accepted) return problem(422, "NO_SUITABLE_HOST", chosen?.reasons[0].message ?? "No host can take it.");
    const task = newTask("vm.migrate", vm, username);
    migrate(vm, task, find("hosts", chosen.hostId));
    return { status: 202, body: task };
  }
  if (vm.taskId) return problem(409, "TASK_IN_PROGRESS", `A task works on ${vm.name} already.`);
  const task = newTask(`vm.${name}`, vm, username);
  const host = store.hosts.find((h) => h.status === "UP");
  const [busy, end] = {
    start: [{ status: "STARTING", hostId: host.id, hostName: host.name }, { status: "UP" }],
    stop: [{ status: "STOPPING" }, { status: "DOWN", hostId: null, hostName: null }],
    reboot: [{ status: "REBOOTING" }, { status: "UP" }],
    pause: [{}, { status: "PAUSED" }],
    resume: [{}, { status: "UP" }],
  }[name];
  script([[200, () => vmChanged(vm, busy)], [900, () => { vmChanged(vm, end); finish(task, "SUCCEEDED"); }]]);
  return { status: 202, body: task };
}

/** The same to many VMs: a task with a part for each. */
function actOnMany(body, username) {
  const chosen = body.vmIds.map((vmId) => find("vms", vmId));
  const name = body.action.toLowerCase();
  const parent = newTask(`vms.${name}`, { id: id(), name: chosen.map((vm) => vm.name).join(", ") }, username);
  const parts = chosen.map((vm) => (name === "delete" ? remove(vm, username) : verb(vm, name, body, username, false)));
  const report = () => {
    parent.items = parts.map((part, index) => ({
      number: index + 1, target: { kind: "vm", id: chosen[index].id, name: chosen[index].name },
      state: part.problem ? "REFUSED" : part.body.state, taskId: part.body?.id ?? null, error: part.problem ?? part.body.error,
    }));
    const ended = parent.items.filter((item) => item.state !== "RUNNING").length;
    parent.progress = { items: parts.length, itemsEnded: ended, itemsFailed: 0, percent: Math.round((100 * ended) / parts.length) };
    publishVolatile("task.progress", "task", parent.id, { taskId: parent.id, progress: parent.progress });
    if (ended < parts.length) setTimeout(report, 100);
    else finish(parent, "SUCCEEDED");
  };
  parent.phase = "ITEMS";
  for (const part of parts) if (part.body) part.body.parentId = parent.id;
  report();
  return { status: 202, body: parent };
}

function remove(vm, username) {
  if (vm.status !== "DOWN") return problem(422, "VM_RUNNING", `${vm.name} runs. Stop it first.`);
  const task = newTask("vm.delete", vm, username);
  script([[900, () => { store.vms.splice(store.vms.indexOf(vm), 1); publish("vm.changed", "vm", vm.id); finish(task, "SUCCEEDED"); }]]);
  return { status: 202, body: task };
}

function answer(method, path, query, body, session) {
  const [noun, objectId, sub, sub2] = path.split("/").filter(Boolean);
  const username = session.username;
  const isDryRun = query.get("dryRun") === "true";
  if (noun === "vms" && method === "POST" && !objectId) return createVm(body, username, isDryRun);
  if (noun === "vms" && objectId === "actions") return actOnMany(body, username);
  if (noun === "hosts" && objectId === "enrolment-tokens") return { status: 201, body: { token: "t", caFingerprint: "f", expiresAt: new Date(Date.now() + 3_600_000).toISOString(), command: `meseta-agent join https://manager.example:8443 --token ${id()} --ca-fingerprint 6f1e…` } };
  if (!store[noun]) return problem(404, "NOT_FOUND", `There is nothing at ${path}.`);
  if (!objectId) return list(noun, query);
  const item = find(noun, objectId);
  if (!item) return problem(404, "NOT_FOUND", `There is nothing with the id ${objectId} in ${noun}. It may have been deleted.`);
  if (method === "GET" && !sub) return { status: 200, body: item };
  if (method === "GET" && sub === "migration-targets") return { status: 200, body: { candidates: candidates(item, item.hostId, undefined) } };
  if (noun === "vms" && method === "DELETE") return remove(item, username);
  if (noun === "vms" && sub === "migration") return { status: 204, headers: { "X-Tuned": sub2 ?? "limits" } };
  if (noun === "vms" && method === "POST") return verb(item, sub, body, username, isDryRun);
  if (noun === "tasks" && sub === "cancel") { item.cancelRequested = true; taskChanged(item); return { status: 202, body: item }; }
  if (noun === "hosts") {
    if (sub === "maintenance" && item.reserved.vms > 0) return problem(409, "OBJECT_IN_USE", `${item.reserved.vms} VMs run on ${item.name}.`);
    Object.assign(item, sub === "maintenance" ? { maintenance: true, status: "MAINTENANCE" } : { maintenance: false, status: "UP" });
    publish("host.changed", "host", item.id, { data: { status: item.status } });
    return { status: 200, body: item };
  }
  return problem(405, "METHOD_NOT_ALLOWED", "Not this way.");
}

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

function serveFile(path, response) {
  const wanted = join(dist, normalize(path));
  const file = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(dist, "index.html");
  response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", "Content-Security-Policy": CSP });
  createReadStream(file).pipe(response);
}

async function handle(request, response) {
  const url = new URL(request.url, "http://mock");
  if (!url.pathname.startsWith("/api/v1")) return serveFile(url.pathname, response);
  const path = url.pathname.slice("/api/v1".length);
  const cookies = Object.fromEntries((request.headers.cookie ?? "").split("; ").map((pair) => pair.split("=")));
  const session = sessions.get(cookies.MESETA_SESSION);
  let text = "";
  for await (const chunk of request) text += chunk;
  const body = text ? JSON.parse(text) : undefined;
  const send = ({ status, body: answerBody, problem: refusal, headers = {} }) => {
    response.writeHead(status, { "Content-Type": refusal ? "application/problem+json" : "application/json", ...headers });
    response.end(status === 204 ? undefined : JSON.stringify(refusal ?? answerBody));
  };
  if (path === "/auth/login") {
    if (body?.username !== "admin" || body?.password !== password) return send(problem(401, "UNAUTHENTICATED", "User name or password is wrong."));
    const key = id();
    sessions.set(key, { username: "admin", permissions: PERMISSIONS, mustEnrol: false, mfaRequired: [], pending: null });
    return send({ status: 200, body: sessions.get(key), headers: { "Set-Cookie": [`MESETA_SESSION=${key}; HttpOnly; SameSite=Strict; Path=/`, `XSRF-TOKEN=${id()}; SameSite=Strict; Path=/`] } });
  }
  if (!session) return send(problem(401, "UNAUTHENTICATED", "Log in first."));
  if (request.method !== "GET" && request.headers["x-xsrf-token"] !== cookies["XSRF-TOKEN"]) return send(problem(403, "FORBIDDEN", "The X-XSRF-TOKEN header is missing or wrong."));
  if (path === "/auth/session") return send({ status: 200, body: session });
  if (path === "/auth/logout") { sessions.delete(cookies.MESETA_SESSION); return send({ status: 204 }); }
  if (path === "/events/stream") {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write("event: stream.ready\ndata: {}\n\n");
    streams.add(response);
    request.on("close", () => streams.delete(response));
    return undefined;
  }
  return send(answer(request.method, path, url.searchParams, body, session));
}

seed();
createServer((request, response) => {
  handle(request, response).catch((error) => { response.writeHead(500); response.end(String(error)); });
}).listen(port, "127.0.0.1", () => console.log(`mock manager on http://127.0.0.1:${port}`));
setInterval(() => {
  for (const host of store.hosts) {
    host.statistics = { sampledAt: now(), cpuUsagePercent: 5 + Math.random() * 20, memoryUsedMiB: 900 + host.reserved.memoryMiB, memoryAvailableMiB: 7000 };
    publishVolatile("host.statistics", "host", host.id, host.statistics);
  }
}, 5_000).unref();
