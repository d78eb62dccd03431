import { Alert, Button, ClipboardCopy, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { NewToken } from "../../../api/types";

/** The only time that the secret of a token is shown. */
export function NewTokenDialog({ made, onClose }: { made: NewToken; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal variant="medium" isOpen onEscapePress={() => undefined} aria-labelledby="new-token-title">
      <ModalHeader labelId="new-token-title" title={t("account.tokens.made", { name: made.token.name })} />
      <ModalBody>
        <Alert variant="warning" isInline title={t("account.tokens.once")}>
          {t("account.tokens.onceBody")}
        </Alert>
        <ClipboardCopy
          isReadOnly
          isCode
          className="meseta-codes"
          data-testid="token-secret"
          hoverTip={t("actions.copy")}
          clickTip={t("actions.copied")}
          textAriaLabel={t("account.tokens.secret")}
        >
          {made.secret}
        </ClipboardCopy>
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>{t("account.tokens.kept")}</Button>
      </ModalFooter>
    </Modal>
  );
}
