import { Alert, Button, Checkbox, ClipboardCopyButton, CodeBlock, CodeBlockAction, CodeBlockCode, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Explained } from "../../shared/components/Explained";
import { useSession } from "../../shared/session/session";
import { download } from "./download";

/** The only time that these codes are shown: it closes when the person says that they have them. */
export function RecoveryCodesDialog({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const { username } = useSession();
  const [isKept, setKept] = useState(false);
  const [isCopied, setCopied] = useState(false);
  const text = codes.join("\n");
  return (
    // Escape closes nothing here: there is no second time.
    <Modal variant="small" isOpen onEscapePress={() => undefined} aria-labelledby="codes-title">
      <ModalHeader labelId="codes-title" title={t("account.codes.title")} description={t("account.codes.body")} />
      <ModalBody>
        <Alert variant="warning" isInline title={t("account.codes.once")} />
        <CodeBlock
          className="meseta-codes"
          actions={
            <CodeBlockAction>
              <ClipboardCopyButton
                id="codes-copy"
                aria-label={t("actions.copy")}
                variant="plain"
                onClick={() => {
                  void navigator.clipboard.writeText(text);
                  setCopied(true);
                }}
              >
                {t(isCopied ? "actions.copied" : "actions.copy")}
              </ClipboardCopyButton>
            </CodeBlockAction>
          }
        >
          <CodeBlockCode id="codes-text" data-testid="recovery-codes">
            {text}
          </CodeBlockCode>
        </CodeBlock>
        <Button
          variant="secondary"
          onClick={() => {
            download("meseta-recovery-codes.txt", `${t("account.codes.file", { username, host: location.host })}\n\n${text}\n`);
            setKept(true);
          }}
        >
          {t("account.codes.download")}
        </Button>
        <Checkbox
          id="codes-kept"
          className="meseta-kept"
          label={t("account.codes.kept")}
          isChecked={isKept}
          onChange={(_event, checked) => setKept(checked)}
        />
      </ModalBody>
      <ModalFooter>
        <Explained reason={isKept ? undefined : t("account.codes.keepFirst")}>
          <Button variant="primary" isAriaDisabled={!isKept} onClick={onDone}>
            {t("account.codes.done")}
          </Button>
        </Explained>
      </ModalFooter>
    </Modal>
  );
}
