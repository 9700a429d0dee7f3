// API tokens: one's own, and for who keeps the users everybody's.

import { useMutation } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { TokenOut } from "~/api/schema";
import { day, moment, relative } from "~/i18n/time";
import { Button } from "~/kit/Button";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { ExportMenu } from "~/kit/ExportMenu";
import { More } from "~/kit/More";
import { tell } from "~/kit/notices";
import { OnceDialog } from "~/kit/OnceDialog";
import { Badge, Panel, Screen } from "~/kit/Panel";
import { Empty, NotAllowed, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import { useNow } from "~/kit/useNow";
import { SettingsTabs } from "../SettingsTabs";
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

  return (
    <Screen
      title={t("settings.title")}
      actions={
        <>
          <ExportMenu path="/api/v1/tokens/export" query={{}} />
          <Button look="primary" onPress={() => setIssuing(true)}>
            <Plus size={14} aria-hidden="true" /> {t("api_tokens.issue")}
          </Button>
        </>
      }
    >
      <SettingsTabs />
      <p className={styles.about}>{t("api_tokens.detail")}</p>
      <Panel title={t("api_tokens.title")} isFlush>
        <Shown query={tokens} rows={5}>
          {({ pages }) => {
            const found = pages.flatMap((page) => page.items);
            return found.length === 0 ? (
              <Empty title={t("api_tokens.none")} icon={<KeyRound size={22} aria-hidden="true" />}>
                {t("api_tokens.none_detail")}
              </Empty>
            ) : (
              <>
                <List tokens={found} nameOf={nameOf} onRevoke={setRevoked} />
                <More list={tokens} />
              </>
            );
          }}
        </Shown>
      </Panel>
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
    </Screen>
  );
}

function List({
  tokens,
  nameOf,
  onRevoke,
}: {
  tokens: readonly TokenOut[];
  nameOf: (token: TokenOut) => string;
  onRevoke: (token: TokenOut) => void;
}) {
  const { t } = useTranslation();
  const now = useNow();
  const isExpired = (one: TokenOut) => one.expires_at !== null && new Date(one.expires_at) <= now;
  const isDead = (one: TokenOut) => one.revoked_at !== null || isExpired(one);
  return (
    <Table
      label={t("api_tokens.title")}
      rows={tokens}
      idOf={(one) => one.id}
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
                onPress={() => onRevoke(one)}
              >
                {t("api_tokens.revoke")}
              </Button>
            ),
        },
      ]}
    />
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
