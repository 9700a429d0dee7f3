// API tokens: one's own, and for who keeps the users everybody's.

import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { TokenOut } from "~/api/schema";
import { day, moment, relative } from "~/i18n/time";
import { Button } from "~/kit/Button";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { tell } from "~/kit/notices";
import { OnceDialog } from "~/kit/OnceDialog";
import { Badge } from "~/kit/Panel";
import { NotAllowed } from "~/kit/states";
import { useNow } from "~/kit/useNow";
import { SettingsList } from "../SettingsList";
import { useMay, useMe, useUsers } from "../session";
import { IssueDialog } from "./IssueDialog";
import { EVERYTHING, useScopeTexts } from "./scopes";
import styles from "./Tokens.module.css";

export function Tokens() {
  return useMay("tokens:write") ? <Page /> : <NotAllowed />;
}

function Page() {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers();
  const [isIssuing, setIssuing] = useState(false);
  const [secret, setSecret] = useState("");
  const [revoked, setRevoked] = useState<TokenOut | null>(null);
  const tokens = $api.useInfiniteQuery(
    "get",
    "/api/v1/tokens",
    { params: { query: { limit: 50 } } },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor },
  );
  const nameOf = (one: TokenOut) => users.get(one.user_id)?.name ?? (one.user_id === me.id ? me.name : "…");

  const now = useNow();
  const isExpired = (one: TokenOut) => one.expires_at !== null && new Date(one.expires_at) <= now;
  const isDead = (one: TokenOut) => one.revoked_at !== null || isExpired(one);
  return (
    <SettingsList
      texts="api_tokens"
      icon={KeyRound}
      list={tokens}
      exported="/api/v1/tokens/export"
      onAdd={() => setIssuing(true)}
      columns={[
        {
          id: "name",
          label: t("api_tokens.name"),
          isName: true,
          cell: (one) => (
            <>
              <b>{one.name}</b>
              <span className={styles.detail}>{nameOf(one)}</span>
            </>
          ),
        },
        { id: "scopes", label: t("api_tokens.scopes"), isOptional: true, cell: (one) => <Scopes token={one} /> },
        {
          id: "last_used",
          label: t("api_tokens.last_used"),
          isOptional: true,
          cell: (one) =>
            one.last_used_at ? (
              <time dateTime={one.last_used_at} title={moment(one.last_used_at)}>
                {relative(one.last_used_at, now)}
              </time>
            ) : (
              t("api_tokens.unused")
            ),
        },
        {
          id: "issued",
          label: t("api_tokens.issued_at"),
          isOptional: true,
          cell: (one) => day(one.created_at),
        },
        {
          id: "expires",
          label: t("api_tokens.expires"),
          isOptional: true,
          cell: (one) => (one.expires_at ? day(one.expires_at) : t("api_tokens.never")),
        },
        {
          id: "state",
          label: t("api_tokens.state"),
          width: "104px",
          cell: (one) => {
            if (one.revoked_at) return <Badge>{t("api_tokens.revoked")}</Badge>;
            if (isExpired(one)) return <Badge tone="warn">{t("api_tokens.expired")}</Badge>;
            return <Badge tone="ok">{t("api_tokens.good")}</Badge>;
          },
        },
        {
          id: "revoke",
          label: t("api_tokens.revoke"),
          isLabelHidden: true,
          width: "112px",
          cell: (one) =>
            !isDead(one) && (
              <Button
                look="quiet"
                aria-label={t("api_tokens.revoke_one", { name: one.name })}
                onPress={() => setRevoked(one)}
              >
                {t("api_tokens.revoke")}
              </Button>
            ),
        },
      ]}
    >
      {isIssuing && (
        <IssueDialog
          onClose={() => setIssuing(false)}
          onIssued={(issued) => {
            setIssuing(false);
            setSecret(issued.token ?? "");
          }}
        />
      )}
      {secret && (
        <OnceDialog
          title={t("api_tokens.shown")}
          detail={t("api_tokens.shown_detail")}
          secret={secret}
          onClose={() => setSecret("")}
        />
      )}
      {revoked && <RevokeDialog token={revoked} who={nameOf(revoked)} onClose={() => setRevoked(null)} />}
    </SettingsList>
  );
}

function Scopes({ token }: { token: TokenOut }) {
  const { t } = useTranslation();
  const texts = useScopeTexts();
  if (token.scopes.includes(EVERYTHING)) return t("api_tokens.all");
  return <span title={token.scopes.map(texts).join("\n")}>{token.scopes.join(", ")}</span>;
}

function RevokeDialog({ token, who, onClose }: { token: TokenOut; who: string; onClose: () => void }) {
  const { t } = useTranslation();
  const revoke = useMutation({
    mutationFn: () =>
      answer(api.POST("/api/v1/tokens/{token_id}/revoke", { params: { path: { token_id: token.id } } })),
    onSuccess: () => {
      void readAgain(["/api/v1/tokens"]);
      onClose();
      tell(t("api_tokens.revoked_told", { name: token.name }));
    },
  });
  return (
    <ConfirmDialog
      title={t("api_tokens.revoke_title")}
      detail={t("api_tokens.revoke_detail", { name: token.name, who })}
      action={t("api_tokens.revoke")}
      error={revoke.error}
      isPending={revoke.isPending}
      onClose={onClose}
      onConfirm={() => revoke.mutate()}
    />
  );
}
