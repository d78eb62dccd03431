import type { CreateVm, Firmware } from "../../../api/types";
import type { Message } from "../../../shared/actions/action";

export interface CreateVmForm {
  name: string;
  description: string;
  clusterId: string;
  imageId: string;
  vcpus: number | undefined;
  memoryMiB: number | undefined;
  diskSizeMiB: number | undefined;
  firmware: Firmware;
  networkId: string;
  hostId: string;
  userData: string;
  start: boolean;
}

export const EMPTY_FORM: CreateVmForm = {
  name: "",
  description: "",
  clusterId: "",
  imageId: "",
  vcpus: 1,
  memoryMiB: 256,
  diskSizeMiB: undefined,
  firmware: "BIOS",
  networkId: "",
  hostId: "",
  userData: "",
  start: true,
};

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Stands in for a name in the placement preview while there is none yet. */
const PREVIEW_NAME = "placement-preview";

export type FormErrors = Partial<Record<keyof CreateVmForm, Message>>;

/** What the page can tell without asking the manager; the manager checks all of it again. */
export function validate(form: CreateVmForm): FormErrors {
  const errors: FormErrors = {};
  if (!NAME.test(form.name)) {
    errors.name = { key: "vms.form.nameRule" };
  }
  if (form.imageId === "") {
    errors.imageId = { key: "vms.form.imageMissing" };
  }
  if (!isWhole(form.vcpus)) {
    errors.vcpus = { key: "vms.form.wholeNumber" };
  }
  if (!isWhole(form.memoryMiB)) {
    errors.memoryMiB = { key: "vms.form.wholeNumber" };
  }
  if (form.diskSizeMiB !== undefined && !isWhole(form.diskSizeMiB)) {
    errors.diskSizeMiB = { key: "vms.form.wholeNumber" };
  }
  return errors;
}

function isWhole(value: number | undefined): boolean {
  return value !== undefined && Number.isInteger(value) && value > 0;
}

/** The request; undefined while something is missing or wrong. */
export function toRequest(form: CreateVmForm): CreateVm | undefined {
  if (Object.keys(validate(form)).length > 0 || form.vcpus === undefined || form.memoryMiB === undefined) {
    return undefined;
  }
  return {
    name: form.name,
    description: form.description || undefined,
    clusterId: form.clusterId || undefined,
    imageId: form.imageId,
    vcpus: form.vcpus,
    memoryMiB: form.memoryMiB,
    diskSizeMiB: form.diskSizeMiB,
    firmware: form.firmware,
    networkId: form.networkId || undefined,
    hostId: form.hostId || undefined,
    userData: form.userData || undefined,
    start: form.start,
  };
}

/** The request of the placement preview, which needs no name yet. */
export function toPreview(form: CreateVmForm): CreateVm | undefined {
  const request = toRequest({ ...form, name: NAME.test(form.name) ? form.name : PREVIEW_NAME });
  // Typing a description or a script must not ask again.
  return request && { ...request, description: undefined, userData: undefined };
}
