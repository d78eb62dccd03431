import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { CheckCircleIcon, ExclamationCircleIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";
import { ProblemText } from "../components/Problem";

export interface ItemResult {
  id: string;
  name: string;
  error?: unknown;
}

/** What became of each object of a bulk action. */
export function BulkResults({ results, onClose }: { results: ItemResult[]; onClose: () => void }) {
  const { t } = useTranslation();
  const refused = results.filter((result) => result.error !== undefined).length;
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="bulk-title">
      <ModalHeader
        labelId="bulk-title"
        title={t("bulk.results", { accepted: results.length - refused, total: results.length })}
      />
      <ModalBody>
        <ul className="meseta-results">
          {results.map((result) => (
            <li key={result.id}>
              {result.error === undefined ? (
                <CheckCircleIcon className="meseta-good" />
              ) : (
                <ExclamationCircleIcon className="meseta-bad" />
              )}
              <div>
                <strong>{result.name}</strong>
                <div>{result.error === undefined ? t("bulk.accepted") : <ProblemText error={result.error} />}</div>
              </div>
            </li>
          ))}
        </ul>
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>{t("actions.close")}</Button>
      </ModalFooter>
    </Modal>
  );
}
