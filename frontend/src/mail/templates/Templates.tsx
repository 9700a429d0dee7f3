// What reps write again and again: their own templates and the organisation's, whole mails and snippets.

import { Link } from "@tanstack/react-router";
import { useNavigate } from "@tanstack/react-router";
import { Archive, ArchiveRestore, FileText, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { TemplateKind, TemplateOut } from "~/api/schema";
import { useMay } from "~/identity/session";
import { SettingsTabs } from "~/identity/SettingsTabs";
import { Button, IconButton } from "~/kit/Button";
import { Checkbox, SelectField, TextField } from "~/kit/Field";
import { More } from "~/kit/More";
import { Badge, Panel, Screen } from "~/kit/Panel";
import { Empty, NotAllowed, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import { useSettled } from "~/kit/useSettled";
import { useShortcuts } from "~/shell/keys";
import { KINDS, useArchiving } from "./data";
import styles from "./Templates.module.css";

const ALL = "all";

export function Templates() {
  return useMay("templates:read") ? <Page /> : <NotAllowed />;
}

function Page() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayWrite = useMay("templates:write");
  const [typed, setTyped] = useState("");
  const [kind, setKind] = useState<string>(ALL);
  const [isArchived, setArchived] = useState(false);
  const words = useSettled(typed.trim(), 200);
  const query = {
    limit: 50,
    archived: isArchived,
    ...(words && { q: words }),
    ...(kind !== ALL && { kind: kind as TemplateKind }),
  };
  const templates = $api.useInfiniteQuery(
    "get",
    "/api/v1/mail/templates",
    { params: { query } },
    {
      initialPageParam: null,
      getNextPageParam: (page) => page.next_cursor,
      placeholderData: (before) => before,
    },
  );
  const isNarrowed = words !== "" || kind !== ALL || isArchived;

  function begin(wanted: TemplateKind): void {
    void navigate({ to: "/settings/templates/new", search: { kind: wanted } });
  }
  useShortcuts(
    mayWrite
      ? [{ keys: "n", label: t("mail.add"), group: t("settings.templates"), run: () => begin("email") }]
      : [],
  );

  return (
    <Screen
      title={t("settings.title")}
      actions={
        mayWrite && (
          <>
            <Button onPress={() => begin("snippet")}>{t("mail.add_snippet")}</Button>
            <Button look="primary" keys="n" onPress={() => begin("email")}>
              <Plus size={14} aria-hidden="true" /> {t("mail.add")}
            </Button>
          </>
        )
      }
    >
      <SettingsTabs />
      <p className={styles.about}>{t("mail.detail")}</p>
      <Panel title={t("mail.title")} isFlush>
        <div className={styles.filters}>
          <TextField
            label={t("mail.find")}
            isLabelHidden
            placeholder={t("mail.find")}
            type="search"
            value={typed}
            onChange={setTyped}
          />
          <SelectField
            label={t("mail.kind")}
            isLabelHidden
            value={kind}
            onChange={setKind}
            choices={[
              { id: ALL, label: t("mail.kinds.all") },
              ...KINDS.map((one) => ({ id: one, label: t(`mail.kinds.${one}`) })),
            ]}
          />
          <Checkbox isSelected={isArchived} onChange={setArchived}>
            {t("mail.archived_only")}
          </Checkbox>
        </div>
        <Shown query={templates} rows={5}>
          {({ pages }) => {
            const found = pages.flatMap((page) => page.items);
            return found.length === 0 ? (
              <Empty
                title={t(isNarrowed ? "mail.none_such" : "mail.none")}
                icon={<FileText size={22} aria-hidden="true" />}
              >
                {t(isNarrowed ? "mail.none_such_detail" : "mail.none_detail")}
              </Empty>
            ) : (
              <>
                <List templates={found} />
                <More list={templates} />
              </>
            );
          }}
        </Shown>
      </Panel>
    </Screen>
  );
}

function List({ templates }: { templates: readonly TemplateOut[] }) {
  const { t } = useTranslation();
  const archive = useArchiving();
  return (
    <Table
      label={t("mail.title")}
      rows={templates}
      idOf={(one) => one.id}
      columns={[
        {
          id: "name",
          label: t("mail.name"),
          isName: true,
          cell: (one) => (
            <>
              <Link to="/settings/templates/$templateId" params={{ templateId: one.id }}>
                <b>{one.name}</b>
              </Link>
              <span className={styles.subject}>{one.variants[0]?.subject}</span>
            </>
          ),
        },
        {
          id: "folder",
          label: t("mail.folder"),
          isOptional: true,
          width: "180px",
          cell: (one) => one.folder,
        },
        {
          id: "kind",
          label: t("mail.kind"),
          isOptional: true,
          width: "150px",
          cell: (one) => (
            <span className={styles.badges}>
              <Badge tone={one.kind === "email" ? "accent" : "info"}>{t(`mail.kind_of.${one.kind}`)}</Badge>
              {one.variants.length > 1 && (
                <Badge>{t("mail.variants_count", { count: one.variants.length })}</Badge>
              )}
            </span>
          ),
        },
        {
          id: "whose",
          label: t("mail.whose"),
          width: "110px",
          cell: (one) => t(one.is_shared ? "mail.shared" : "mail.own"),
        },
        {
          id: "more",
          label: t("mail.actions"),
          isLabelHidden: true,
          width: "64px",
          cell: (one) =>
            one.may_change && (
              <IconButton
                label={t(one.is_archived ? "mail.restore_named" : "mail.archive_named", { name: one.name })}
                onPress={() => void archive(one, !one.is_archived)}
              >
                {one.is_archived ? (
                  <ArchiveRestore size={15} aria-hidden="true" />
                ) : (
                  <Archive size={15} aria-hidden="true" />
                )}
              </IconButton>
            ),
        },
      ]}
    />
  );
}
