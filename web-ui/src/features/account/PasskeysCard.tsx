import { Button, Content, Form, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Factors, Passkey } from "../../api/types";
import { Explained } from "../../shared/components/Explained";
import { TextField } from "../../shared/components/fields";
import { ProblemAlert } from "../../shared/components/Problem";
import { useFormat } from "../../shared/format/useFormat";
import { api, ApiError } from "../../shared/http/client";
import { hasPasskeys } from "../../shared/signin/webauthn";
import { useAccountChanged } from "./factors";
import { RemoveDialog } from "./RemoveDialog";
import { Section } from "./Section";
import type { Enrolment } from "./useEnrolment";

type Open = { kind: "rename" | "remove"; passkey: Passkey };

export function PasskeysCard({ factors, enrolment }: { factors: Factors; enrolment: Enrolment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const changed = useAccountChanged();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const isPossible = hasPasskeys();
  return (
    <Section
      id="passkeys"
      title={t("account.passkeys.title")}
      help={t("account.passkeys.help")}
      actions={
        <Explained reason={isPossible ? undefined : t("account.passkeys.notHere")}>
          <Button variant="secondary" isAriaDisabled={!isPossible} onClick={enrolment.beginPasskey}>
            {t("account.passkeys.add")}
          </Button>
        </Explained>
      }
    >
      {factors.passkeys.length === 0 ? (
        <Content component="p">{t("account.passkeys.none")}</Content>
      ) : (
        <Table variant="compact" aria-label={t("account.passkeys.title")}>
          <Thead>
            <Tr>
              <Th>{t("common.name")}</Th>
              <Th>{t("account.passkeys.since")}</Th>
              <Th>{t("account.lastUsed")}</Th>
              <Th screenReaderText={t("actions.more")} />
            </Tr>
          </Thead>
          <Tbody>
            {factors.passkeys.map((passkey) => (
              <Tr key={passkey.id} data-row={passkey.label}>
                <Td dataLabel={t("common.name")}>{passkey.label}</Td>
                <Td dataLabel={t("account.passkeys.since")}>{format.time(passkey.createdAt)}</Td>
                <Td dataLabel={t("account.lastUsed")}>
                  {passkey.usedAt === null ? t("account.never") : format.time(passkey.usedAt)}
                </Td>
                <Td isActionCell modifier="nowrap">
                  <div className="meseta-actions">
                    <Button
                      variant="link"
                      isInline
                      aria-label={t("account.passkeys.renameOf", { name: passkey.label })}
                      onClick={() => setOpen({ kind: "rename", passkey })}
                    >
                      {t("account.passkeys.rename")}
                    </Button>
                    <Button
                      variant="link"
                      isInline
                      isDanger
                      aria-label={t("account.passkeys.removeOf", { name: passkey.label })}
                      onClick={() => setOpen({ kind: "remove", passkey })}
                    >
                      {t("account.passkeys.remove")}
                    </Button>
                  </div>
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
      {open?.kind === "rename" && <RenameDialog passkey={open.passkey} onClose={close} />}
      {open?.kind === "remove" && (
        <RemoveDialog
          title={t("account.passkeys.confirmRemove", { name: open.passkey.label })}
          body={t("account.lastFactorBody")}
          verb={t("account.passkeys.remove")}
          onConfirm={async () => {
            await api.delete<undefined>(`/account/passkeys/${open.passkey.id}`);
            await changed();
          }}
          onClose={close}
        />
      )}
    </Section>
  );
}

function RenameDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const { t } = useTranslation();
  const changed = useAccountChanged();
  const [label, setLabel] = useState(passkey.label);
  const [error, setError] = useState<unknown>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setError(undefined);
    try {
      await api.patch<undefined>(`/account/passkeys/${passkey.id}`, { body: { label } });
      await changed();
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  const wrongLabel = error instanceof ApiError ? error.field("label") : undefined;
  return (
    <Modal variant="small" isOpen onClose={onClose} aria-labelledby="rename-title">
      <ModalHeader labelId="rename-title" title={t("account.passkeys.renameOf", { name: passkey.label })} />
      <ModalBody>
        <Form id="rename-form" onSubmit={(event) => void submit(event)}>
          {error !== undefined && wrongLabel === undefined && <ProblemAlert title={t("account.refused")} error={error} />}
          <TextField
            id="rename-label"
            label={t("account.passkeys.label")}
            error={wrongLabel}
            isRequired
            autoFocus
            value={label}
            onChange={setLabel}
          />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="rename-form" isDisabled={label.trim() === ""}>
          {t("account.passkeys.rename")}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
