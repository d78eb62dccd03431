import { useTranslation } from "react-i18next";
import type { Image } from "../../../api/types";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { useFormat } from "../../../shared/format/useFormat";
import { ListPage } from "../../../shared/list/ListPage";
import type { Column } from "../../../shared/list/ListTable";
import { imageActions } from "../actions/imageActions";
import { ImportImageButton } from "../create/ImportImage";

export function ImagesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<Image>[] = [
    { id: "name", label: t("common.name"), sort: "name", render: (image) => image.name },
    {
      id: "status",
      label: t("common.status"),
      render: (image) => <StatusLabel of="image" value={image.status} />,
    },
    {
      id: "size",
      label: t("images.virtualSize"),
      isNumeric: true,
      render: (image) => format.mebibytes(image.virtualSizeMiB),
    },
    { id: "description", label: t("common.description"), render: (image) => image.description || "–" },
    {
      id: "createdAt",
      label: t("common.createdAt"),
      sort: "createdAt",
      render: (image) => format.time(image.createdAt),
    },
  ];
  return (
    <ListPage<Image>
      noun="images"
      title={t("images.title")}
      columns={columns}
      defaultSort="name"
      searchPlaceholder={t("images.searchPlaceholder")}
      actions={imageActions}
      create={<ImportImageButton />}
      empty={{ title: t("images.empty"), body: t("images.emptyBody"), action: <ImportImageButton /> }}
    />
  );
}
