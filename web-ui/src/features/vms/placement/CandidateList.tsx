import { Label, List, ListItem, Radio } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";
import type { Candidate } from "../../../api/types";
import { useFormat } from "../../../shared/format/useFormat";
import { usePlacementReason } from "../../../shared/i18n/words";

interface Props {
  candidates: Candidate[];
  label: string;
  /** When given, an accepted host can be picked. */
  choice?: { name: string; value: string | undefined; onChange: (hostId: string) => void };
}

/** The hosts, best first, each with the reasons for or against it. */
export function CandidateList({ candidates, label, choice }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = usePlacementReason();
  const best = candidates.find((candidate) => candidate.accepted)?.hostId;
  return (
    <Table variant="compact" aria-label={label} borders className="meseta-candidates">
      <Thead>
        <Tr>
          <Th>{t("placement.host")}</Th>
          <Th className="meseta-numeric">{t("placement.score")}</Th>
          <Th>{t("placement.reasons")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {candidates.map((candidate) => (
          <Tr key={candidate.hostId} data-candidate={candidate.hostName} data-accepted={candidate.accepted}>
            <Td dataLabel={t("placement.host")}>
              {choice === undefined ? (
                candidate.hostName
              ) : (
                <Radio
                  id={`${choice.name}-${candidate.hostId}`}
                  name={choice.name}
                  label={candidate.hostName}
                  isDisabled={!candidate.accepted}
                  isChecked={choice.value === candidate.hostId}
                  onChange={() => choice.onChange(candidate.hostId)}
                />
              )}{" "}
              {candidate.hostId === best && (
                <Label isCompact color="green">
                  {t("placement.best")}
                </Label>
              )}
              {!candidate.accepted && (
                <Label isCompact color="grey">
                  {t("placement.rejected")}
                </Label>
              )}
            </Td>
            <Td dataLabel={t("placement.score")} className="meseta-numeric">
              {candidate.accepted ? format.number(candidate.score, 1) : "–"}
            </Td>
            <Td dataLabel={t("placement.reasons")}>
              <List isPlain>
                {candidate.reasons.map((reason) => (
                  <ListItem key={`${reason.code}:${reason.message}`}>
                    <strong>{words(reason.code)}</strong> {reason.message}
                  </ListItem>
                ))}
              </List>
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
