// All cadences with their numbers, and beginning a new one.

import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Plus, Workflow } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import type { CadenceOut, CadenceRowOut } from "~/api/schema";
import { count, percent } from "~/i18n/numbers";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { Checkbox, TextAreaField, TextField } from "~/kit/Field";
import { More } from "~/kit/More";
import { Badge, Panel, Screen } from "~/kit/Panel";
import { Empty, FormProblem, NotAllowed, Shown, wrongField } from "~/kit/states";
import { Table } from "~/kit/Table";
import { useShortcuts } from "~/shell/keys";
import styles from "./cadences.module.css";
import { readCadencesAgain } from "./data";
import { ICONS } from "./kinds";

const LONGEST_NAME = 120;
const LONGEST_DESCRIPTION = 1_000;

export function Cadences() {
  return useMay("cadences:read") ? <Page /> : <NotAllowed />;
}

function Page() {
  const { t } = useTranslation();
  const mayWrite = useMay("cadences:write");
  const [isArchived, setArchived] = useState(false);
  const [isAdding, setAdding] = useState(false);
  const cadences = $api.useInfiniteQuery(
    "get",
    "/api/v1/cadences",
    { params: { query: { limit: 50, archived: isArchived } } },
    {
      initialPageParam: null,
      getNextPageParam: (page) => page.next_cursor,
      placeholderData: (before) => before,
    },
  );
  useShortcuts(
    mayWrite
      ? [{ keys: "n", label: t("cadences.new"), group: t("cadences.title"), run: () => setAdding(true) }]
      : [],
  );
  return (
    <Screen
      title={t("cadences.title")}
      actions={
        mayWrite && (
          <Button look="primary" keys="n" onPress={() => setAdding(true)}>
            <Plus size={14} aria-hidden="true" /> {t("cadences.new")}
          </Button>
        )
      }
    >
      <p className={styles.about}>{t("cadences.detail")}</p>
      <Panel label={t("cadences.title")} isFlush>
        <div className={styles.filters}>
          <Checkbox isSelected={isArchived} onChange={setArchived}>
            {t("cadences.archived_only")}
          </Checkbox>
        </div>
        <Shown query={cadences} rows={5}>
          {({ pages }) => {
            const found = pages.flatMap((page) => page.items);
            if (found.length > 0) {
              return (
                <>
                  <List cadences={found} />
                  <More list={cadences} />
                </>
              );
            }
            return (
              <Empty
                title={t(isArchived ? "cadences.none_archived" : "cadences.none")}
                icon={<Workflow size={22} aria-hidden="true" />}
              >
                {!isArchived && mayWrite && t("cadences.none_detail")}
              </Empty>
            );
          }}
        </Shown>
      </Panel>
      {isAdding && <NewDialog onClose={() => setAdding(false)} />}
    </Screen>
  );
}

function List({ cadences }: { cadences: readonly CadenceRowOut[] }) {
  const { t } = useTranslation();
  return (
    <Table
      label={t("cadences.title")}
      rows={cadences}
      idOf={(one) => one.id}
      columns={[
        {
          id: "name",
          label: t("cadences.name"),
          isName: true,
          cell: (one) => (
            <>
              <span className={styles.badges}>
                <Link to="/cadences/$cadenceId" params={{ cadenceId: one.id }}>
                  <b>{one.name}</b>
                </Link>
                {one.edition === 0 && <Badge>{t("cadences.draft")}</Badge>}
              </span>
              {one.description && <span className={`${styles.line} ${styles.hint}`}>{one.description}</span>}
            </>
          ),
        },
        {
          id: "steps",
          label: t("cadences.steps"),
          isOptional: true,
          width: "190px",
          cell: (one) => (
            <span className={styles.kinds}>
              {one.steps.map((kind, place) => {
                const Icon = ICONS[kind];
                return <Icon key={place} size={15} aria-label={t(`cadences.kind.${kind}`)} />;
              })}
            </span>
          ),
        },
        {
          id: "enrolled",
          label: t("cadences.enrolled"),
          isNumber: true,
          isOptional: true,
          width: "100px",
          cell: (one) => count(one.numbers.enrolled),
        },
        {
          id: "active",
          label: t("cadences.active"),
          isNumber: true,
          width: "96px",
          cell: (one) => (
            <span className={styles.badges}>
              {one.numbers.attention > 0 && (
                <Link
                  to="/cadences/$cadenceId/people"
                  params={{ cadenceId: one.id }}
                  search={{ state: "attention" }}
                  aria-label={`${t("cadences.attention")}: ${count(one.numbers.attention)}`}
                >
                  <Badge tone="warn">! {count(one.numbers.attention)}</Badge>
                </Link>
              )}
              {count(one.numbers.active)}
            </span>
          ),
        },
        {
          id: "replied",
          label: t("cadences.replied"),
          isNumber: true,
          width: "96px",
          cell: (one) => <Share part={one.numbers.replied} of={one.numbers.enrolled} />,
        },
        {
          id: "meetings",
          label: t("cadences.meetings"),
          isNumber: true,
          isOptional: true,
          width: "120px",
          cell: (one) => <Share part={one.numbers.met} of={one.numbers.enrolled} />,
        },
      ]}
    />
  );
}

/** A count, and what share of all it is. */
export function Share({ part, of }: { part: number; of: number }) {
  return (
    <>
      {count(part)}
      {of > 0 && <span className={styles.hint}> · {percent(part / of)}</span>}
    </>
  );
}

function NewDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const begin = useMutation({
    mutationFn: () =>
      answer<CadenceOut>(api.POST("/api/v1/cadences", { body: { name, description, runs_beside: false } })),
    onSuccess: (made) => {
      void readCadencesAgain();
      void navigate({ to: "/cadences/$cadenceId", params: { cadenceId: made.id } });
    },
  });
  return (
    <Dialog
      title={t("cadences.new")}
      isOpen
      onClose={onClose}
      onSubmit={() => name.trim() && begin.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={begin.isPending} isDisabled={!name.trim()}>
            {t("cadences.begin")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("cadences.name")}
        value={name}
        onChange={setName}
        maxLength={LONGEST_NAME}
        error={wrongField(begin.error, "name")}
        isRequired
        autoFocus
      />
      <TextAreaField
        label={t("cadences.description")}
        value={description}
        onChange={setDescription}
        maxLength={LONGEST_DESCRIPTION}
        rows={2}
      />
      <FormProblem error={begin.error} />
    </Dialog>
  );
}
