import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { Menu } from "./Menu";

/** What is shown, as a file: `path` writes it, narrowed by `query` as the list is. */
export function ExportMenu({ path, query }: { path: string; query: object }) {
  const { t } = useTranslation();

  function download(format: "csv" | "xlsx"): void {
    const params = new URLSearchParams({ format });
    for (const [name, value] of Object.entries(query) as [string, unknown][]) {
      if (value === undefined || value === null || value === "") continue;
      for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one));
    }
    location.assign(`${path}?${params.toString()}`);
  }

  return (
    <Menu
      label={t("table.export")}
      choices={[
        { id: "csv", label: "CSV", run: () => download("csv") },
        { id: "xlsx", label: "XLSX", run: () => download("xlsx") },
      ]}
    >
      <Button>
        <Download size={14} aria-hidden="true" /> {t("table.export")}
      </Button>
    </Menu>
  );
}
