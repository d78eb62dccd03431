import { Alert, Card, CardBody, CardTitle, Form, Grid, GridItem, PageSection } from "@patternfly/react-core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import type { Explanation, ObjectKind, WhoCan } from "../../../api/types";
import { SelectField } from "../../../shared/components/fields";
import { PageHeading } from "../../../shared/components/PageHeading";
import { Failed, Loading } from "../../../shared/components/states";
import { api } from "../../../shared/http/client";
import { isPicked, ObjectPicker, type PickedObject } from "../ObjectPicker";
import { SearchSelect } from "../SearchSelect";
import { usePermissions } from "../roles/roleDialogs";
import { ExplanationView, WhoCanView } from "./answers";

const SYSTEM = "SYSTEM";

/** `VM:0198…` as the API and the address of this page have it. */
export function toText(object: PickedObject): string {
  return object.kind === SYSTEM ? SYSTEM : `${object.kind}:${object.id}`;
}

export function toObject(text: string | null): PickedObject {
  const [kind = "", id = ""] = (text ?? "").split(":");
  return kind === "" ? { kind: "VM", id: "" } : { kind: kind as ObjectKind, id };
}

/** Why somebody may do something and, with nobody chosen, who may. The question is in the address. */
export function ExplainPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const { data: permissions } = usePermissions();
  const principal = search.get("principal") ?? "";
  const permission = search.get("permission") ?? "VM_READ";
  const object = toObject(search.get("object"));
  const change = (values: Record<string, string>) => {
    const next = new URLSearchParams(search);
    Object.entries(values).forEach(([name, value]) => next.set(name, value));
    setSearch(next, { replace: true });
  };
  const isComplete = isPicked(object);
  const options = (permissions ?? []).map((each) => each.permission as string);
  return (
    <>
      <PageHeading title={t("access.explain")} />
      <PageSection isFilled>
        <Grid hasGutter>
          <GridItem lg={5}>
            <Card>
              <CardTitle component="h2">{t("access.question")}</CardTitle>
              <CardBody>
                <Form onSubmit={(event) => event.preventDefault()}>
                  <SearchSelect
                    id="explain-user"
                    noun="users"
                    label={t("access.principals.USER")}
                    value={principal}
                    none={t("access.anybody")}
                    onChange={(id) => change({ principal: id })}
                  />
                  <SelectField
                    id="explain-permission"
                    label={t("access.permission")}
                    value={permission}
                    options={(options.includes(permission) ? options : [permission, ...options]).map((value) => ({
                      value,
                      label: `${t(`permission.${value}`)} (${value})`,
                    }))}
                    onChange={(value) => change({ permission: value })}
                  />
                  <ObjectPicker value={object} onChange={(picked) => change({ object: toText(picked) })} />
                </Form>
              </CardBody>
            </Card>
          </GridItem>
          <GridItem lg={7}>
            <Card>
              <CardTitle component="h2">{t("access.answer")}</CardTitle>
              <CardBody aria-live="polite">
                {!isComplete && <Alert isInline isPlain variant="info" title={t("access.askFirst")} />}
                {isComplete && principal !== "" && (
                  <Explained principal={principal} permission={permission} object={object} />
                )}
                {isComplete && principal === "" && <Everybody permission={permission} object={object} />}
              </CardBody>
            </Card>
          </GridItem>
        </Grid>
      </PageSection>
    </>
  );
}

interface Question {
  permission: string;
  object: PickedObject;
}

function Explained({ principal, permission, object }: Question & { principal: string }) {
  const query = { principal, permission, object: toText(object) };
  const { data, error, refetch } = useQuery({
    queryKey: ["grants", "explain", query],
    queryFn: ({ signal }) => api.get<Explanation>("/access/explain", query, signal),
    staleTime: 0,
  });
  if (error !== null) {
    return <Failed error={error} retry={() => void refetch()} />;
  }
  return data === undefined ? <Loading /> : <ExplanationView explanation={data} />;
}

function Everybody({ permission, object }: Question) {
  const query = { permission, object: toText(object) };
  const { data, error, refetch } = useQuery({
    queryKey: ["grants", "who-can", query],
    queryFn: ({ signal }) => api.get<WhoCan[]>("/access/who-can", query, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  if (error !== null) {
    return <Failed error={error} retry={() => void refetch()} />;
  }
  return data === undefined ? <Loading /> : <WhoCanView people={data} permission={permission} />;
}
