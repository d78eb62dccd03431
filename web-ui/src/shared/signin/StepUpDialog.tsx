import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../http/client";
import { askedBy } from "../http/stepUp";
import { FactorForm } from "./FactorForm";
import { ProviderStepUp } from "./Provider";

/** Of whoever is signed in at the identity provider: they show nothing here. */
const AT_PROVIDER = "PROVIDER_SECOND";

interface Asked {
  factors: string[];
  answer: (proved: boolean) => void;
}

/** Asks the person to show again who they are, whenever a request of the page needs it. To be once in the page. */
export function StepUpDialog() {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked>();
  const open = useRef<Asked>(undefined);

  useEffect(() => {
    const end = askedBy(
      (factors) =>
        new Promise<boolean>((resolve) => {
          open.current = { factors, answer: resolve };
          setAsked(open.current);
        }),
    );
    return () => {
      end();
      open.current?.answer(false);
      open.current = undefined;
    };
  }, []);

  const answer = (proved: boolean) => {
    open.current?.answer(proved);
    open.current = undefined;
    setAsked(undefined);
  };

  useEffect(() => {
    if (asked === undefined) {
      return;
    }
    // Before the dialog below this one, which would close as well and forget what was typed into it.
    const escape = (event: KeyboardEvent) => {
      if (event.key === "Escape") {
        event.stopImmediatePropagation();
        answer(false);
      }
    };
    window.addEventListener("keydown", escape, true);
    return () => window.removeEventListener("keydown", escape, true);
  }, [asked]);

  if (asked === undefined) {
    return null;
  }
  return (
    <Modal variant="small" isOpen onClose={() => answer(false)} aria-labelledby="step-up-title" className="meseta-step-up">
      <ModalHeader labelId="step-up-title" title={t("stepUp.title")} description={t("stepUp.body")} />
      <ModalBody>
        {asked.factors.includes(AT_PROVIDER) ? (
          <ProviderStepUp onShown={() => answer(true)} />
        ) : (
          <FactorForm
            factors={asked.factors}
            label={t("stepUp.title")}
            submit={t("stepUp.submit")}
            onShown={async (shown) => {
              await api.post<undefined>("/auth/step-up", { body: shown });
              answer(true);
            }}
          />
        )}
      </ModalBody>
      <ModalFooter>
        <Button variant="link" onClick={() => answer(false)}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
