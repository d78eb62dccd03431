import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Grant, GrantEffect, NewGrant, Role } from "../../../api/types";
import type { DialogProps } from "../../../shared/actions/action";
import { SelectField, TextField } from "../../../shared/components/fields";
import { FormDialog } from "../../../shared/components/FormDialog";
import { api } from "../../../shared/http/client";
import { useOne } from "../../../shared/list/useList";
import { isPicked, ObjectPicker, type PickedObject } from "../ObjectPicker";
import { SearchSelect } from "../SearchSelect";
import { useGrantSentence } from "../sentences";

type Principal = "USER" | "GROUP" | "EVERYONE";

export function CreateGrantDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [principal, setPrincipal] = useState<Principal>("USER");
  const [principalId, setPrincipalId] = useState("");
  const [roleId, setRoleId] = useState("");
  const [object, setObject] = useState<PickedObject>({ kind: "VM", id: "" });
  const [effect, setEffect] = useState<GrantEffect>("ALLOW");
  const [tag, setTag] = useState("");
  const { data: role } = useOne<Role>("roles", roleId);
  const missing = () => {
    if (principal !== "EVERYONE" && principalId === "") {
      return t(principal === "USER" ? "access.reason.chooseUser" : "access.reason.chooseGroup");
    }
    if (roleId === "") {
      return t("access.reason.chooseRole");
    }
    return isPicked(object) ? undefined : t("access.reason.chooseObject");
  };
  const save = () => {
    const body: NewGrant = {
      userId: principal === "USER" ? principalId : undefined,
      groupId: principal === "GROUP" ? principalId : undefined,
      everyone: principal === "EVERYONE" ? true : undefined,
      roleId,
      scopeKind: object.kind,
      scopeId: object.kind === "SYSTEM" ? undefined : object.id,
      effect,
      tag: tag || undefined,
    };
    return api.post<Grant>("/grants", { body });
  };
  return (
    <FormDialog
      title={t("access.createGrant")}
      body={t("access.emptyBody")}
      submitLabel={t("access.createGrant")}
      failed={t("access.notSaved")}
      changes={["grants"]}
      blocked={missing()}
      onClose={onClose}
      save={save}
    >
      {(fieldError) => (
        <>
          <SelectField
            id="principal-kind"
            label={t("access.who")}
            value={principal}
            isRequired
            options={(["USER", "GROUP", "EVERYONE"] as const).map((value) => ({
              value,
              label: t(`access.principals.${value}`),
            }))}
            onChange={(value) => {
              setPrincipal(value as Principal);
              setPrincipalId("");
            }}
          />
          {principal !== "EVERYONE" && (
            <SearchSelect
              key={principal}
              id="principal"
              noun={principal === "USER" ? "users" : "groups"}
              label={t(`access.principals.${principal}`)}
              value={principalId}
              isRequired
              none={t("access.choose")}
              error={fieldError(principal === "USER" ? "userId" : "groupId")}
              onChange={setPrincipalId}
            />
          )}
          <SelectField
            id="effect"
            label={t("access.effect")}
            value={effect}
            isRequired
            help={t(effect === "DENY" ? "access.denyHelp" : "access.allowHelp")}
            options={(["ALLOW", "DENY"] as const).map((value) => ({ value, label: t(`access.effects.${value}`) }))}
            onChange={(value) => setEffect(value as GrantEffect)}
          />
          <SearchSelect
            id="role"
            noun="roles"
            label={t("access.role")}
            value={roleId}
            isRequired
            none={t("access.choose")}
            error={fieldError("roleId")}
            onChange={setRoleId}
          />
          {role !== undefined && (
            <p className="meseta-permissions">
              {t("access.holds", { what: role.permissions.map((each) => t(`permission.${each}`)).join(", ") })}
            </p>
          )}
          <ObjectPicker value={object} onChange={setObject} error={fieldError("scopeId")} />
          <TextField
            id="tag"
            label={t("access.tag")}
            help={t("access.tagHelp")}
            value={tag}
            onChange={setTag}
            error={fieldError("tag")}
          />
        </>
      )}
    </FormDialog>
  );
}

export function RemoveGrantDialog({ item, onClose }: DialogProps<Grant>) {
  const { t } = useTranslation();
  const sentence = useGrantSentence();
  return (
    <FormDialog
      title={t("access.confirmRemove")}
      body={t(item.effect === "DENY" ? "access.confirmRemoveDenial" : "access.confirmRemoveBody")}
      submitLabel={t("access.remove")}
      isDanger
      failed={t("access.notSaved")}
      changes={["grants"]}
      onClose={onClose}
      save={() => api.delete<Grant>(`/grants/${item.id}`)}
    >
      {() => <p>{sentence(item)}</p>}
    </FormDialog>
  );
}
