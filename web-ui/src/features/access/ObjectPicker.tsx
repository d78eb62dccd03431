import { useTranslation } from "react-i18next";
import type { ObjectKind, Permission } from "../../api/types";
import { SelectField, TextField } from "../../shared/components/fields";
import type { Noun } from "../../shared/queryKeys";
import { usePermission } from "../../shared/session/session";
import { SearchSelect } from "./SearchSelect";

/** Where objects of a kind are listed, and who may read that. */
const KINDS: { kind: ObjectKind; noun?: Noun; permission: Permission }[] = [
  { kind: "SYSTEM", permission: "GRANT_READ" },
  { kind: "DATA_CENTER", noun: "datacenters", permission: "DATA_CENTER_READ" },
  { kind: "CLUSTER", noun: "clusters", permission: "DATA_CENTER_READ" },
  { kind: "HOST", noun: "hosts", permission: "HOST_READ" },
  { kind: "VM", noun: "vms", permission: "VM_READ" },
  { kind: "DISK", permission: "STORAGE_READ" },
  { kind: "IMAGE", noun: "images", permission: "IMAGE_READ" },
  { kind: "STORAGE_DOMAIN", noun: "storage-domains", permission: "STORAGE_READ" },
  { kind: "NETWORK", noun: "networks", permission: "NETWORK_READ" },
];

export interface PickedObject {
  kind: ObjectKind;
  /** Empty: none is picked yet, or there is only one of the kind. */
  id: string;
}

export function isPicked(object: PickedObject): boolean {
  return object.kind === "SYSTEM" || object.id !== "";
}

interface Props {
  value: PickedObject;
  onChange: (object: PickedObject) => void;
  error?: string;
}

/** Any object that a grant can be about. */
export function ObjectPicker({ value, onChange, error }: Props) {
  const { t } = useTranslation();
  const allowed = usePermission();
  const noun = KINDS.find(({ kind }) => kind === value.kind)?.noun;
  const label = t(`access.kinds.${value.kind}`);
  const pick = (id: string) => onChange({ kind: value.kind, id });
  return (
    <>
      <SelectField
        id="object-kind"
        label={t("access.where")}
        value={value.kind}
        isRequired
        options={KINDS.filter(({ kind, permission }) => kind === value.kind || allowed(permission)).map(({ kind }) => ({
          value: kind,
          label: t(`access.kinds.${kind}`),
        }))}
        onChange={(kind) => onChange({ kind: kind as ObjectKind, id: "" })}
      />
      {noun !== undefined && (
        <SearchSelect
          key={value.kind}
          id="object"
          noun={noun}
          label={label}
          value={value.id}
          isRequired
          none={t("access.choose")}
          error={error}
          onChange={pick}
        />
      )}
      {value.kind === "DISK" && (
        <TextField
          id="object"
          label={t("access.diskId")}
          help={t("access.diskIdHelp")}
          isRequired
          value={value.id}
          error={error}
          onChange={pick}
        />
      )}
    </>
  );
}
