import { FormFieldGroup, FormFieldGroupHeader, Label, LabelGroup } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SelectField } from "../../../shared/components/fields";
import { useList } from "../../../shared/list/useList";
import { usePermission } from "../../../shared/session/session";
import { SCOPES, type Scope } from "./tokenForm";

/** As many as the manager takes for one token, and lists at once. */
const MOST = 100;

interface Props {
  scopes: Scope[];
  onChange: (scopes: Scope[]) => void;
}

/** Objects that a token is limited to, each with everything that belongs to it. */
export function ScopesField({ scopes, onChange }: Props) {
  const { t } = useTranslation();
  const allowed = usePermission();
  const kinds = SCOPES.filter(({ permission }) => allowed(permission));
  const [kind, setKind] = useState("");
  const chosen = kinds.find((each) => each.kind === kind);
  const { data, isFetching } = useList<{ id: string; name: string }>(
    chosen?.noun ?? "clusters",
    { limit: MOST, sort: "name" },
    chosen !== undefined,
  );
  const add = (id: string) => {
    const object = data?.items.find((item) => item.id === id);
    if (chosen !== undefined && object !== undefined && scopes.length < MOST) {
      onChange([...scopes, { kind: chosen.kind, id, name: object.name }]);
    }
  };
  const left = (data?.items ?? []).filter((item) => !scopes.some((scope) => scope.id === item.id));
  return (
    <FormFieldGroup
      header={
        <FormFieldGroupHeader
          titleText={{ id: "token-scopes", text: t("account.tokens.where") }}
          titleDescription={t("account.tokens.whereHelp")}
        />
      }
    >
      {scopes.length > 0 && (
        <LabelGroup numLabels={MOST} aria-label={t("account.tokens.where")}>
          {scopes.map((scope) => (
            <Label
              key={scope.id}
              closeBtnAriaLabel={t("account.tokens.notOn", { name: scope.name })}
              onClose={() => onChange(scopes.filter((each) => each.id !== scope.id))}
            >
              {t(`access.kinds.${scope.kind}`)}: {scope.name}
            </Label>
          ))}
        </LabelGroup>
      )}
      <SelectField
        id="token-scope-kind"
        label={t("account.tokens.kind")}
        value={kind}
        onChange={setKind}
        options={[
          { value: "", label: scopes.length === 0 ? t("account.tokens.everywhere") : t("account.tokens.another") },
          ...kinds.map((each) => ({ value: each.kind, label: t(`access.kinds.${each.kind}`) })),
        ]}
      />
      {chosen !== undefined && (
        <SelectField
          id="token-scope-object"
          label={t(`access.kinds.${chosen.kind}`)}
          value=""
          onChange={add}
          options={[
            { value: "", label: isFetching ? t("state.loading") : t("account.tokens.choose") },
            ...left.map((item) => ({ value: item.id, label: item.name })),
          ]}
        />
      )}
    </FormFieldGroup>
  );
}
