import {
  Alert,
  Button,
  ClipboardCopy,
  Content,
  Form,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
} from "@patternfly/react-core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { EnrolmentToken, NewEnrolmentToken } from "../../../api/types";
import { Explained } from "../../../shared/components/Explained";
import { TextField } from "../../../shared/components/fields";
import { ProblemAlert } from "../../../shared/components/Problem";
import { useFormat } from "../../../shared/format/useFormat";
import { api, ApiError } from "../../../shared/http/client";
import { usePermission } from "../../../shared/session/session";

export function AddHostButton() {
  const { t } = useTranslation();
  const allowed = usePermission()("HOST_ENROL");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Explained reason={allowed ? undefined : t("actions.missingPermission", { permission: "HOST_ENROL" })}>
        <Button variant="primary" isAriaDisabled={!allowed} onClick={() => setOpen(true)}>
          {t("hosts.add")}
        </Button>
      </Explained>
      {isOpen && <AddHostDialog onClose={() => setOpen(false)} />}
    </>
  );
}

/** Gives the one command that makes a machine a host. */
function AddHostDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [hostName, setHostName] = useState("");
  const [token, setToken] = useState<EnrolmentToken>();
  const [error, setError] = useState<unknown>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setError(undefined);
    try {
      const wanted: NewEnrolmentToken = { hostName };
      setToken(await api.post<EnrolmentToken>("/hosts/enrolment-tokens", { body: wanted }));
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="add-host-title">
      <ModalHeader labelId="add-host-title" title={t("hosts.add")} description={t("hosts.addBody")} />
      <ModalBody>
        {token === undefined ? (
          <Form id="add-host-form" onSubmit={(event) => void submit(event)}>
            {error !== undefined && <ProblemAlert title={t("hosts.addFailed")} error={error} />}
            <TextField
              id="host-name"
              label={t("common.name")}
              isRequired
              autoFocus
              value={hostName}
              onChange={setHostName}
              error={error instanceof ApiError ? error.field("hostName") : undefined}
            />
          </Form>
        ) : (
          <>
            <Content component="p">{t("hosts.addRun", { host: hostName })}</Content>
            <ClipboardCopy
              isReadOnly
              isCode
              isExpanded
              variant="expansion"
              hoverTip={t("actions.copy")}
              clickTip={t("actions.copied")}
              textAriaLabel={t("hosts.addCommand")}
              toggleAriaLabel={t("hosts.addCommand")}
            >
              {token.command}
            </ClipboardCopy>
            <Alert
              variant="info"
              isInline
              isPlain
              title={t("hosts.addExpires", { time: format.time(token.expiresAt) })}
            />
          </>
        )}
      </ModalBody>
      <ModalFooter>
        {token === undefined && (
          <Button type="submit" form="add-host-form">
            {t("hosts.addSubmit")}
          </Button>
        )}
        <Button variant={token === undefined ? "link" : "primary"} onClick={onClose}>
          {token === undefined ? t("actions.cancel") : t("actions.close")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
