import {
  Button,
  Content,
  Form,
  FormGroup,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from "@patternfly/react-core";
import { useState, type FormEvent } from "react";
import { Trans, useTranslation } from "react-i18next";
import { Explained } from "../components/Explained";
import { nameOf, type Action, type Named } from "./action";

interface Props<T extends Named> {
  action: Action<T>;
  confirm: NonNullable<Action<T>["confirm"]>;
  items: T[];
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDialog<T extends Named>({ action, confirm, items, onConfirm, onClose }: Props<T>) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [first] = items;
  const name = first === undefined ? "" : nameOf(first);
  const expected = items.length === 1 ? name : String(items.length);
  const values = { name, count: items.length };
  const blocked = confirm.typeName === true && typed !== expected;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!blocked) {
      onConfirm();
    }
  };
  return (
    <Modal variant="small" isOpen onClose={onClose} aria-labelledby="confirm-title" aria-describedby="confirm-body">
      <ModalHeader
        title={t(confirm.title, values)}
        titleIconVariant={action.isDanger === true ? "warning" : undefined}
        labelId="confirm-title"
      />
      <ModalBody id="confirm-body">
        <Content component="p">{t(confirm.body, values)}</Content>
        {items.length > 1 && (
          <ul className="meseta-plain-list">
            {items.map((item) => (
              <li key={item.id}>{nameOf(item)}</li>
            ))}
          </ul>
        )}
        {confirm.typeName === true && (
          <Form id="confirm-form" onSubmit={submit}>
            <FormGroup
              fieldId="confirm-name"
              label={<Trans i18nKey="actions.typeToConfirm" values={{ expected }} components={{ 1: <strong /> }} />}
            >
              <TextInput
                id="confirm-name"
                value={typed}
                onChange={(_event, value) => setTyped(value)}
                autoComplete="off"
                autoFocus
              />
            </FormGroup>
          </Form>
        )}
      </ModalBody>
      <ModalFooter>
        <Explained reason={blocked ? t("actions.typeFirst", { expected }) : undefined}>
          <Button
            variant={action.isDanger === true ? "danger" : "primary"}
            isAriaDisabled={blocked}
            onClick={onConfirm}
          >
            {t(action.label)}
          </Button>
        </Explained>
        <Button variant="link" onClick={onClose}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
