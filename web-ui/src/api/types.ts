/**
 * Short names for what the REST API says: `schema.d.ts` is generated from `openapi.json` (`npm run generate-api`), which
 * the manager's tests keep equal to its code. The only file that names generated schemas.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** ISO-8601, UTC. */
export type Timestamp = string;

export type Permission = Schemas["Permission"];
export type Login = Schemas["LoginRequest"];
export type LoginAnswer = Schemas["LoginAnswer"];
export type SecondStep = Schemas["SecondStep"];
export type Session = Schemas["Session"];
export type ErrorCode = Schemas["ErrorCode"];
export type Problem = Schemas["Problem"];

export type Cluster = Schemas["Cluster"];
export type Network = Schemas["NetworkResource"];

export type Host = Schemas["HostResource"];
export type HostStatus = Schemas["HostStatus"];
export type HostStatistics = Schemas["HostSample"];
export type NewEnrolmentToken = Schemas["EnrolmentTokenRequest"];
export type EnrolmentToken = Schemas["EnrolmentTokenResource"];

export type Image = Schemas["ImageResource"];
export type ImageStatus = Schemas["ImageStatus"];
export type NewImage = Schemas["NewImageBody"];

export type Vm = Schemas["VmResource"];
export type VmStatus = Schemas["VmStatus"];
export type Firmware = Schemas["Firmware"];
export type CreateVm = Schemas["NewVmBody"];
/** How to stop or reboot it. */
export type StopVm = Schemas["ModeBody"];
/** The same to many of them. */
export type ActOnVms = Schemas["BulkBody"];
export type ConsoleKind = Schemas["ConsoleKind"];
export type ConsoleTicket = Schemas["ConsoleTicket"];
export type MigrateVm = Schemas["MigrateBody"];
export type MigrationPolicy = Schemas["PolicyBody"];
export type MigrationLimits = Schemas["LimitsBody"];

export type Candidate = Schemas["Candidate"];
export type Reason = Schemas["Reason"];
export type Candidates = Schemas["Decision"];
export type PlacementPreview = Schemas["PlacementAnswer"];

export type Task = Schemas["TaskView"];
export type TaskState = Schemas["TaskState"];
export type TaskStep = Schemas["TaskStep"];
/** One of the parts of a task that works on many objects. */
export type TaskItem = Schemas["TaskItem"];
export type TaskItemState = Schemas["TaskItemState"];
export type TaskProgress = Schemas["TaskProgress"];

export type Grant = Schemas["Grant"];

export type AuditRecord = Schemas["AuditRecord"];
export type AuditVerdict = Schemas["Verdict"];
export type Outcome = Schemas["Outcome"];

export type Manager = Schemas["Manager"];
export type ManagerState = Schemas["ManagerState"];

export type Severity = Schemas["Severity"];
export type MesetaEvent = Schemas["EventView"];
/** One of the list; only what a stream shows in passing has no id. */
export type KeptEvent = MesetaEvent & { id: number };

/** Data of a `task.progress` event. */
export interface TaskProgressed {
  taskId: string;
  progress: TaskProgress;
}

/** A page of any noun; the API has one schema for each. */
export type Page<T> = Omit<Schemas["PageVmResource"], "items"> & { items: T[] };
