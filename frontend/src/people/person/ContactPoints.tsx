// Ways to reach a person: to use at once, to add, to take away, and to say which comes first.

import { useMutation } from "@tanstack/react-query";
import { Ellipsis, IdCard, Mail, PhoneOff, Plus, Star } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch, Problem } from "~/api/client";
import { queryClient, readAgain } from "~/api/query";
import type { ContactKind, ContactPointOut, PersonOut } from "~/api/schema";
import { useMay } from "~/identity/session";
import { Button, IconButton } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { Checkbox, SelectField, TextField } from "~/kit/Field";
import { Menu } from "~/kit/Menu";
import { tell, tellProblem } from "~/kit/notices";
import { Badge } from "~/kit/Panel";
import { FormProblem, wrongField } from "~/kit/states";
import { personQueries } from "~/leads/useNextLead";
import { CallLink } from "~/voice/CallLink";
import styles from "./ContactPoints.module.css";

interface Told {
  label: string;
  extension: string;
  is_primary: boolean;
}

type At = Pick<ContactPointOut, "kind" | "value">;

async function present(personId: string): Promise<PersonOut> {
  return answer<PersonOut>(api.GET("/api/v1/persons/{person_id}", { params: { path: { person_id: personId } } }));
}

/** Contact points stand for themselves, so a version that is stale for other reasons is no reason to ask. */
async function atPresent(person: PersonOut, send: (version: number) => Promise<PersonOut>): Promise<PersonOut> {
  try {
    return await send(person.version);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 412) throw error;
    return send((await present(person.id)).version);
  }
}

function put(person: PersonOut, at: At, told: Told): Promise<PersonOut> {
  return atPresent(person, (version) =>
    answer<PersonOut>(
      api.PUT("/api/v1/persons/{person_id}/contact-points/{kind}/{value}", {
        params: { path: { person_id: person.id, kind: at.kind, value: at.value }, header: ifMatch(version) },
        body: told,
      }),
    ),
  );
}

function take(person: PersonOut, at: At): Promise<PersonOut> {
  return atPresent(person, (version) =>
    answer<PersonOut>(
      api.DELETE("/api/v1/persons/{person_id}/contact-points/{kind}/{value}", {
        params: { path: { person_id: person.id, kind: at.kind, value: at.value }, header: ifMatch(version) },
      }),
    ),
  );
}

function show(saved: PersonOut): void {
  queryClient.setQueryData(personQueries(saved.id).person.queryKey, saved);
  void readAgain(["/api/v1/persons", "/api/v1/accounts", "/api/v1/events"], saved.id);
}

export function ContactPoints({ person }: { person: PersonOut }) {
  const { t } = useTranslation();
  const mayEdit = useMay("people:write");
  const [edited, setEdited] = useState<ContactPointOut | "new" | null>(null);

  async function remove(one: ContactPointOut): Promise<void> {
    try {
      const saved = await take(person, one);
      show(saved);
      tell(t("contact.removed", { value: one.value }), () => void back(saved, one));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  async function back(saved: PersonOut, one: ContactPointOut): Promise<void> {
    const { label, extension, is_primary } = one;
    try {
      show(await put(saved, one, { label, extension, is_primary }));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  async function first(one: ContactPointOut): Promise<void> {
    try {
      show(await put(person, one, { label: one.label, extension: one.extension, is_primary: true }));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  return (
    <div className={styles.points}>
      {person.contact_points.length > 0 && (
        <ul>
          {person.contact_points.map((one) => (
            <li key={one.kind + one.value}>
              <Point point={one} person={person} />
              {one.bounced_at && <Badge tone="danger">{t("lead.bounced")}</Badge>}
              {mayEdit && (
                <Menu
                  label={t("contact.more", { value: one.value })}
                  choices={[
                    ...(one.is_primary || one.kind === "external_id"
                      ? []
                      : [{ id: "first", label: t("contact.first"), run: () => void first(one) }]),
                    { id: "edit", label: t("edit"), run: () => setEdited(one) },
                    { id: "remove", label: t("remove"), run: () => void remove(one), isDanger: true },
                  ]}
                >
                  <IconButton label={t("contact.more", { value: one.value })}>
                    <Ellipsis size={16} aria-hidden="true" />
                  </IconButton>
                </Menu>
              )}
            </li>
          ))}
        </ul>
      )}
      {(person.do_not_call || person.do_not_email) && (
        <p className={styles.bars}>
          {person.do_not_call && <Badge tone="danger">{t("lead.do_not_call")}</Badge>}
          {person.do_not_email && <Badge tone="warn">{t("lead.do_not_email")}</Badge>}
        </p>
      )}
      {mayEdit && (
        <div>
          <Button look="quiet" onPress={() => setEdited("new")}>
            <Plus size={14} aria-hidden="true" /> {t("contact.add")}
          </Button>
        </div>
      )}
      {edited && (
        <PointDialog person={person} point={edited === "new" ? null : edited} onClose={() => setEdited(null)} />
      )}
    </div>
  );
}

function Point({ point, person }: { point: ContactPointOut; person: PersonOut }) {
  const { t } = useTranslation();
  const Picture = { phone: PhoneOff, email: Mail, external_id: IdCard }[point.kind];
  const isBarred = point.kind === "phone" ? person.do_not_call : point.kind === "email" && person.do_not_email;
  const text = point.extension
    ? `${point.value} ${t("lead.extension", { extension: point.extension })}`
    : point.value;
  return (
    <span className={styles.point}>
      {point.kind === "phone" && !isBarred ? (
        <CallLink whom={{ person_id: person.id, number: point.value, name: person.full_name }}>{text}</CallLink>
      ) : (
        <>
          <Picture size={14} aria-hidden="true" />
          {point.kind === "email" && !isBarred ? (
            <a href={`mailto:${point.value}`}>{text}</a>
          ) : (
            <span>{text}</span>
          )}
        </>
      )}
      {point.is_primary && point.kind !== "external_id" && (
        <Star size={12} role="img" aria-label={t("contact.is_first")} className={styles.star} />
      )}
      {point.label && <span className={styles.label}>{point.label}</span>}
    </span>
  );
}

const KINDS: readonly ContactKind[] = ["phone", "email", "external_id"];

function PointDialog({
  person,
  point,
  onClose,
}: {
  person: PersonOut;
  point: ContactPointOut | null;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<ContactKind>(point?.kind ?? "phone");
  const [value, setValue] = useState(point?.value ?? "");
  const [label, setLabel] = useState(point?.label ?? "");
  const [extension, setExtension] = useState(point?.extension ?? "");
  const [isFirst, setFirst] = useState(point?.is_primary ?? false);

  const save = useMutation({
    mutationFn: () => put(person, { kind, value: value.trim() }, { label, extension, is_primary: isFirst }),
    onSuccess: (saved) => {
      show(saved);
      tell(t("saved"));
      onClose();
    },
  });

  return (
    <Dialog
      title={point ? point.value : t("contact.add")}
      isOpen
      onClose={onClose}
      onSubmit={() => save.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={save.isPending} isDisabled={!value.trim()}>
            {t("save")}
          </Button>
        </>
      }
    >
      {!point && (
        <>
          <SelectField
            label={t("contact.kind")}
            value={kind}
            onChange={(id) => setKind(id as ContactKind)}
            choices={KINDS.map((id) => ({ id, label: t(`contact.kinds.${id}`) }))}
          />
          <TextField
            label={t(`contact.kinds.${kind}`)}
            value={value}
            onChange={setValue}
            error={wrongField(save.error, kind) ?? wrongField(save.error, "value")}
            maxLength={1000}
            autoFocus
            isRequired
          />
        </>
      )}
      <TextField
        label={t("contact.label")}
        hint={t("contact.label_hint")}
        value={label}
        onChange={setLabel}
        error={wrongField(save.error, "label")}
        maxLength={60}
      />
      {kind === "phone" && (
        <TextField
          label={t("contact.extension")}
          value={extension}
          onChange={setExtension}
          error={wrongField(save.error, "extension")}
          inputMode="numeric"
          maxLength={20}
        />
      )}
      {kind !== "external_id" && (
        <Checkbox isSelected={isFirst} onChange={setFirst}>
          {t("contact.first")}
        </Checkbox>
      )}
      <FormProblem error={save.error} />
    </Dialog>
  );
}
