import { Link } from "@tanstack/react-router";
import { Target } from "lucide-react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import { Badge } from "~/kit/Panel";
import { useWhose } from "~/leads/named/whose";

/** The list that names this account, and who is told to open it. */
export function OnList({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const found = $api.useQuery("get", "/api/v1/named-lists", {
    params: { query: { account_id: accountId, limit: 1 } },
  });
  const list = found.data?.items[0];
  const whose = useWhose(list);
  if (!list) return null;
  return (
    <Link to="/accounts" search={{ list: list.id }} title={t("account.named_on", { list: list.name, whose })}>
      <Badge tone="accent" isTyped>
        <Target size={12} aria-hidden="true" /> {list.name} · {whose}
      </Badge>
    </Link>
  );
}
