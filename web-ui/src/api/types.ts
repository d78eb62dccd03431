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
/** What one can prove who one is with. */
export type Factor = Schemas["Factor"];
export type StepUp = Schemas["StepUpRequest"];
export type Factors = Schemas["Factors"];
export type Passkey = Schemas["Passkey"];
export type NewTotp = Schemas["NewTotp"];
export type NewRecoveryCodes = Schemas["NewRecoveryCodes"];
export type OwnSession = Schemas["OwnSession"];
export type OwnSessions = Schemas["OwnSessions"];
export type Token = Schemas["Token"];
/** With its secret. */
export type NewToken = Schemas["NewToken"];
export type TokenBody = Schemas["TokenBody"];
export type DangerousVerb = Schemas["DangerousVerb"];
export type PasskeyQuestion = Schemas["PasskeyQuestion"];
/** The identity provider, if there is one. */
export type Provider = Schemas["Provider"];
export type Destination = Schemas["Destination"];
export type ProviderAnswer = Schemas["ProviderAnswer"];
export type Arrival = Schemas["Arrival"];
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

export type User = Schemas["User"];
export type NewUser = Schemas["UserBody"];
export type UserChange = Schemas["UserChangeBody"];
export type Group = Schemas["Group"];
export type NewGroup = Schemas["GroupBody"];
export type Role = Schemas["Role"];
export type NewRole = Schemas["RoleBody"];
export type Grant = Schemas["Grant"];
export type NewGrant = Schemas["GrantBody"];
export type GrantEffect = Schemas["Effect"];
export type ObjectKind = Schemas["ObjectKind"];
export type Explanation = Schemas["Explanation"];
export type GrantLink = Schemas["Link"];
export type WhoCan = Schemas["WhoCan"];
export type ReviewOrder = Schemas["ReviewOrder"];

export type AuditRecord = Schemas["AuditRecord"];
export type AuditVerdict = Schemas["Verdict"];
export type Outcome = Schemas["Outcome"];

export type FlowPage = Schemas["FlowPage"];
export type FlowConversation = Schemas["FlowConversation"];
export type FlowEnd = Schemas["FlowEnd"];
export type FlowCell = Schemas["FlowCell"];
export type FlowMatrix = Schemas["FlowRankingFlowCell"];
export type FlowPeer = Schemas["FlowPeer"];
export type FlowPeers = Schemas["FlowRankingFlowPeer"];
export type FlowTimeline = Schemas["FlowTimeline"];
export type FlowResolution = Schemas["FlowResolution"];
export type NewFlow = Schemas["FlowNewConversation"];
export type HostLosses = Schemas["HostLosses"];

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
