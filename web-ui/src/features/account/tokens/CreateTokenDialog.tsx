import { Button, Checkbox, Form, FormFieldGroup, FormFieldGroupHeader, FormGroup, Modal, ModalBody, ModalFooter, ModalHeader, Radio } from "@patternfly/react-core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { NewToken } from "../../../api/types";
import { SelectField, TextField } from "../../../shared/components/fields";
import { ProblemAlert } from "../../../shared/components/Problem";
import { api, ApiError } from "../../../shared/http/client";
import { useSession } from "../../../shared/session/session";
import { ScopesField } from "./ScopesField";
import { bodyOf, EMPTY, isComplete, LIVES, possibleVerbs, toggled, VERBS, type TokenForm } from "./tokenForm";

interface Props {
  onMade: (made: NewToken) => void;
  onClose: () => void;
}

/** Makes a token, with as little in it as its program needs. */
export function CreateTokenDialog({ onMade, onClose }: Props) {
  const { t } = useTranslation();
  const { permissions: held } = useSession();
  const [form, setForm] = useState<TokenForm>(EMPTY);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const change = (part: Partial<TokenForm>) => setForm((before) => ({ ...before, ...part }));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      onMade(await api.post<NewToken>("/tokens", { body: bodyOf(form, held, new Date()) }));
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const possible = possibleVerbs(form, held);
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="token-title">
      <ModalHeader labelId="token-title" title={t("account.tokens.create")} description={t("account.tokens.createBody")} />
      <ModalBody>
        <Form id="token-form" onSubmit={(event) => void submit(event)}>
          {error !== undefined && <ProblemAlert title={t("account.tokens.failed")} error={error} />}
          <TextField
            id="token-name"
            label={t("common.name")}
            help={t("account.tokens.nameHelp")}
            error={error instanceof ApiError ? error.field("name") : undefined}
            isRequired
            autoFocus
            value={form.name}
            onChange={(name) => change({ name })}
          />
          <SelectField
            id="token-days"
            label={t("account.tokens.life")}
            value={String(form.days)}
            onChange={(value) => change({ days: Number(value) })}
            options={LIVES.map((days) => ({ value: String(days), label: t("account.tokens.days", { count: days }) }))}
          />
          <FormGroup role="radiogroup" label={t("account.tokens.mayDo")} fieldId="token-permissions" isStack>
            <Radio
              id="token-all"
              name="token-permissions"
              label={t("account.tokens.allPermissions")}
              description={t("account.tokens.allPermissionsHelp")}
              isChecked={form.permissions === undefined}
              onChange={() => change({ permissions: undefined })}
            />
            <Radio
              id="token-some"
              name="token-permissions"
              label={t("account.tokens.somePermissions")}
              isChecked={form.permissions !== undefined}
              onChange={() => change({ permissions: [] })}
            />
          </FormGroup>
          {form.permissions !== undefined && (
            <FormGroup role="group" label={t("account.tokens.permissions")} fieldId="token-chosen">
              <div className="meseta-choices">
                {[...held].sort().map((permission) => (
                  <Checkbox
                    key={permission}
                    id={`token-${permission}`}
                    label={permission}
                    description={t(`permission.${permission}`)}
                    isChecked={form.permissions?.includes(permission) === true}
                    onChange={() => change({ permissions: toggled(form.permissions ?? [], permission) })}
                  />
                ))}
              </div>
            </FormGroup>
          )}
          <ScopesField scopes={form.scopes} onChange={(scopes) => change({ scopes })} />
          <FormFieldGroup
            header={
              <FormFieldGroupHeader
                titleText={{ id: "token-verbs", text: t("account.tokens.preAuthorised") }}
                titleDescription={t("account.tokens.preAuthorisedHelp")}
              />
            }
          >
            {VERBS.map(({ verb, permission }) => {
              const isPossible = possible.includes(verb);
              return (
                <Checkbox
                  key={verb}
                  id={`token-verb-${verb}`}
                  label={t(`account.verbs.${verb}`)}
                  description={isPossible ? undefined : t("account.tokens.verbNeeds", { permission })}
                  isDisabled={!isPossible}
                  isChecked={isPossible && form.verbs.includes(verb)}
                  onChange={() => change({ verbs: toggled(form.verbs, verb) })}
                />
              );
            })}
          </FormFieldGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="token-form" isLoading={isBusy} isDisabled={isBusy || !isComplete(form)}>
          {t("account.tokens.submit")}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
