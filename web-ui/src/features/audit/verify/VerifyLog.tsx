import { Alert, Button, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AuditVerdict } from "../../../api/types";
import { Failed, Loading } from "../../../shared/components/states";
import { useFormat } from "../../../shared/format/useFormat";
import { api } from "../../../shared/http/client";

/** What was found, in plain words. */
export function VerdictText({ verdict, onShow }: { verdict: AuditVerdict; onShow: (recordId: number) => void }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const broken = verdict.brokenAt;
  if (broken !== null) {
    const recordId = broken.recordId;
    return (
      <Alert
        variant="danger"
        isInline
        title={t("audit.broken")}
        actionLinks={
          recordId !== null && (
            <Button variant="link" isInline onClick={() => onShow(recordId)}>
              {t("audit.showRecord")}
            </Button>
          )
        }
      >
        <p>{t("audit.brokenBody", { line: number(broken.line) })}</p>
        <code className="meseta-code">{broken.what}</code>
      </Alert>
    );
  }
  return (
    <Alert variant="success" isInline title={t("audit.whole")}>
      <p>
        {t("audit.wholeBody", {
          records: number(verdict.records),
          lanes: number(verdict.lanes),
          checkpoints: number(verdict.checkpoints),
        })}
      </p>
      {verdict.anchor > 0 && <p>{t("audit.anchored", { anchor: verdict.anchor })}</p>}
      {verdict.unsealed > 0 && <p>{t("audit.unsealed", { records: number(verdict.unsealed) })}</p>}
      {verdict.unprotected > 0 && <p>{t("audit.unprotected", { records: number(verdict.unprotected) })}</p>}
      <p>
        {t("audit.newestCheckpoint", { checkpoint: verdict.lastCheckpoint })}{" "}
        <code className="meseta-code">{verdict.lastCheckpointHash}</code>
      </p>
    </Alert>
  );
}

function Verification({ onClose, onShow }: { onClose: () => void; onShow: (recordId: number) => void }) {
  const { t } = useTranslation();
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["audit-verify"],
    queryFn: ({ signal }) => api.get<AuditVerdict>("/audit/verify", undefined, signal),
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  });
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-label={t("audit.verify")}>
      <ModalHeader title={t("audit.verify")} description={t("audit.verifyBody")} />
      <ModalBody>
        {isFetching && <Loading />}
        {!isFetching && data !== undefined && <VerdictText verdict={data} onShow={onShow} />}
        {!isFetching && data === undefined && error !== null && <Failed error={error} retry={() => void refetch()} />}
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" onClick={onClose}>
          {t("actions.close")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

/** Asks the manager whether the log is as it was written. */
export function VerifyLog({ onShow }: { onShow: (recordId: number) => void }) {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setIsOpen(true)}>
        {t("audit.verify")}
      </Button>
      {isOpen && (
        <Verification
          onClose={() => setIsOpen(false)}
          onShow={(recordId) => {
            setIsOpen(false);
            onShow(recordId);
          }}
        />
      )}
    </>
  );
}
