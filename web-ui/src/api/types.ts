/**
 * What the REST API says, as the page uses it. The only file that names generated schemas; everything else imports
 * from here.
 */

export type Uuid = string;
/** ISO-8601, UTC. */
export type Timestamp = string;

export type Permission =
  | "DATA_CENTER_READ"
  | "HOST_READ"
  | "HOST_ENROL"
  | "HOST_MAINTENANCE"
  | "VM_READ"
  | "VM_CREATE"
  | "VM_CHANGE"
  | "VM_DELETE"
  | "VM_OPERATE"
  | "VM_MIGRATE"
  | "IMAGE_READ"
  | "IMAGE_CREATE"
  | "IMAGE_DELETE"
  | "STORAGE_READ"
  | "NETWORK_READ"
  | "TASK_READ"
  | "TASK_CANCEL"
  | "EVENT_READ"
  | "AUDIT_READ"
  | "SESSION_OWN";

export interface Session {
  username: string;
  permissions: Permission[];
}

export interface Page<T> {
  items: T[];
  nextCursor?: string | null;
}

export interface Problem {
  type?: string;
  title?: string;
  status: number;
  detail?: string;
  code: string;
  correlationId?: string;
  errors?: { field: string; message: string }[];
}

export interface Cluster {
  id: Uuid;
  dataCenterId: Uuid;
  name: string;
  description: string;
  cpuModel: string;
  version: number;
  createdAt: Timestamp;
}

export type HostStatus =
  | "PENDING_APPROVAL"
  | "INSTALLING"
  | "UP"
  | "MAINTENANCE"
  | "PREPARING_MAINTENANCE"
  | "NON_OPERATIONAL"
  | "CONNECTING"
  | "NON_RESPONSIVE"
  | "FENCING"
  | "DOWN";

export interface HostStatistics {
  sampledAt: Timestamp;
  cpuUsagePercent: number;
  memoryUsedMiB: number;
  memoryAvailableMiB: number;
}

export interface Host {
  id: Uuid;
  name: string;
  clusterId: Uuid;
  maintenance: boolean;
  version: number;
  createdAt: Timestamp;
  status: HostStatus;
  statusReason?: string | null;
  statusSince?: Timestamp | null;
  observedAt?: Timestamp | null;
  hostname?: string | null;
  agentVersion?: string | null;
  kernelVersion?: string | null;
  libvirtVersion?: string | null;
  qemuVersion?: string | null;
  cpus?: number | null;
  cpuModel?: string | null;
  memoryMiB?: number | null;
  acceleration?: "KVM" | "TCG" | null;
  capabilities: string[];
  conditions: { code: string; message: string }[];
  agentAddress?: string | null;
  migrationAddress?: string | null;
  reserved: { vcpus: number; memoryMiB: number; vms: number };
  statistics?: HostStatistics | null;
}

export interface EnrolmentToken {
  token: string;
  caFingerprint: string;
  command: string;
  expiresAt: Timestamp;
}

export interface StorageDomain {
  id: Uuid;
  dataCenterId: Uuid;
  name: string;
  kind: string;
  path: string;
}

export interface Network {
  id: Uuid;
  dataCenterId: Uuid;
  name: string;
  vni: number;
  mtu: number;
  subnet: string;
  gateway: string;
}

export type ImageStatus = "IMPORTING" | "READY" | "FAILED";

export interface Image {
  id: Uuid;
  name: string;
  description: string;
  storageDomainId: Uuid;
  status: ImageStatus;
  virtualSizeMiB?: number | null;
  version: number;
  createdAt: Timestamp;
}

export type VmStatus =
  | "DOWN"
  | "WAIT_FOR_LAUNCH"
  | "STARTING"
  | "UP"
  | "PAUSED"
  | "SUSPENDED"
  | "MIGRATING"
  | "STOPPING"
  | "REBOOTING"
  | "UNKNOWN"
  | "LOCKED";

export type Firmware = "BIOS" | "UEFI";

export interface Vm {
  id: Uuid;
  name: string;
  description: string;
  clusterId: Uuid;
  vcpus: number;
  memoryMiB: number;
  firmware: Firmware;
  imageId?: Uuid | null;
  desiredPower: string;
  status: VmStatus;
  statusReason?: string | null;
  statusSince?: Timestamp | null;
  hostId?: Uuid | null;
  hostName?: string | null;
  disks: {
    id: Uuid;
    storageDomainId: Uuid;
    imageId?: Uuid | null;
    index: number;
    status: string;
    sizeMiB: number;
  }[];
  nics: { id: Uuid; networkId: Uuid; macAddress: string; address?: string | null }[];
  taskId?: Uuid | null;
  version: number;
  createdAt: Timestamp;
}

export interface CreateVm {
  name: string;
  description?: string;
  clusterId?: Uuid;
  imageId: Uuid;
  vcpus: number;
  memoryMiB: number;
  firmware?: Firmware;
  networkId?: Uuid;
  diskSizeMiB?: number;
  userData?: string;
  hostId?: Uuid;
  start?: boolean;
}

export interface MigrationPolicy {
  maxDowntimeMs?: number;
  bandwidthMiBPerSecond?: number;
  autoConverge?: boolean;
  postCopyAllowed?: boolean;
}

export interface MigrateVm {
  targetHostId?: Uuid;
  policy?: MigrationPolicy;
}

export interface Candidate {
  hostId: Uuid;
  hostName: string;
  accepted: boolean;
  /** 0 to 100; means something only for accepted ones. */
  score: number;
  reasons: { code: string; message: string }[];
}

export interface Candidates {
  candidates: Candidate[];
}

export interface PlacementPreview {
  placement: Candidates;
}

export type TaskState = "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";

export interface TaskProgress {
  percent?: number;
  elapsedMs?: number;
  memoryTotalBytes?: number;
  memoryTransferredBytes?: number;
  memoryRemainingBytes?: number;
  dirtyRateBytesPerSecond?: number;
  bandwidthBytesPerSecond?: number;
  iteration?: number;
  downtimeMs?: number;
  totalMs?: number;
  postCopy?: boolean;
  throttlePercent?: number;
  sourceHostId?: Uuid;
  sourceHostName?: string;
  targetHostId?: Uuid;
  targetHostName?: string;
}

export interface TaskStep {
  number: number;
  phase: string;
  result: string;
  detail?: string | null;
  at: Timestamp;
}

export interface Task {
  id: Uuid;
  kind: string;
  state: TaskState;
  phase: string;
  progress: TaskProgress;
  steps: TaskStep[];
  target: { kind: string; id: Uuid; name: string };
  requestedBy: string;
  correlationId: string;
  error?: { code: string; detail: string } | null;
  cancelRequested: boolean;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  finishedAt?: Timestamp | null;
}

export type Severity = "INFO" | "WARNING" | "ERROR";

export interface MesetaEvent {
  id: string;
  at: Timestamp;
  kind: string;
  objectKind: string;
  objectId?: Uuid | null;
  severity: Severity;
  code?: string | null;
  message?: string | null;
  correlationId?: string | null;
  data?: Record<string, unknown>;
}
