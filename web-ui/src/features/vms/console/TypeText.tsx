import {
  Button,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextArea,
} from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** As much as a person has the patience to watch being typed. */
const MOST_CHARACTERS = 4000;

interface Props {
  /** Ends when the last key is down. */
  type: (text: string) => Promise<void>;
  close: () => void;
}

/** Types a text as if it came from the keyboard: the guest needs nothing installed for that. */
export function TypeText({ type, close }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [isTyping, setTyping] = useState(false);
  return (
    <Modal isOpen variant="medium" onClose={close} aria-labelledby="type-text-title">
      <ModalHeader title={t("console.typeText.title")} labelId="type-text-title" />
      <ModalBody>
        <Form>
          <FormGroup label={t("console.typeText.text")} fieldId="type-text">
            <TextArea
              id="type-text"
              value={text}
              maxLength={MOST_CHARACTERS}
              resizeOrientation="vertical"
              isDisabled={isTyping}
              onChange={(_event, value) => setText(value)}
            />
            <FormHelperText>
              <HelperText>
                <HelperTextItem>{t("console.typeText.help")}</HelperTextItem>
              </HelperText>
            </FormHelperText>
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          variant="primary"
          isLoading={isTyping}
          isDisabled={text === "" || isTyping}
          onClick={() => {
            setTyping(true);
            void type(text).finally(close);
          }}
        >
          {t("console.typeText.type")}
        </Button>
        <Button variant="link" onClick={close}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
