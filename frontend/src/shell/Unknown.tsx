import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "~/kit/states";

/** An address that leads nowhere. */
export function Unknown() {
  const { t } = useTranslation();
  return (
    <Empty title={t("unknown.title")}>
      <Link to="/">{t("unknown.home")}</Link>
    </Empty>
  );
}
