// Making another person one with this one, who survives: found by name, looked at side by side, and undone if wrong.

import { useMutation } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { MergeOut, PersonOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell, tellProblem } from "~/kit/notices";
import { FormProblem } from "~/kit/states";
import finder from "../finder.module.css";
import styles from "./MergeDialog.module.css";

const FEW = 8;

export function MergeDialog({ person, onClose }: { person: PersonOut; onClose: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(person.last_name ?? "");
  const [other, setOther] = useState<PersonOut | null>(null);
  const wanted = useDeferredValue(typed.trim());
  const found = $api.useQuery(
    "get",
    "/api/v1/persons",
    { params: { query: { search: wanted, limit: FEW + 1 } } },
    { enabled: wanted !== "", placeholderData: (before) => before, retry: false },
  );
  const others = (wanted === "" || found.error ? [] : (found.data?.items ?? []))
    .filter((one) => one.id !== person.id)
    .slice(0, FEW);

  const merge = useMutation({
    mutationFn: (absorbed: PersonOut) =>
      answer<MergeOut>(
        api.POST("/api/v1/persons/{person_id}/merge", {
          params: { path: { person_id: person.id } },
          body: { absorbed_id: absorbed.id },
        }),
      ),
    onSuccess: async (done) => {
      await readAll();
      tell(t("merges.done"), () => void undo(done));
      onClose();
    },
  });

  async function undo(done: MergeOut): Promise<void> {
    try {
      await answer(api.POST("/api/v1/merges/{merge_id}/undo", { params: { path: { merge_id: done.id } } }));
      await readAll();
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  return (
    <Dialog
      title={t("merges.title_of", { name: person.full_name ?? "" })}
      isOpen
      onClose={onClose}
      width="wide"
      {...(other && { onSubmit: () => merge.mutate(other) })}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isDisabled={!other} isPending={merge.isPending}>
            {t("merges.make_one")}
          </Button>
        </>
      }
    >
      <p className={finder.detail}>{t("merges.detail")}</p>
      {other ? (
        <>
          <SideBySide left={person} right={other} />
          <div>
            <Button look="quiet" onPress={() => setOther(null)}>
              {t("merges.another")}
            </Button>
          </div>
        </>
      ) : (
        <div className={finder.finder}>
          <TextField
            label={t("merges.find")}
            type="search"
            value={typed}
            onChange={setTyped}
            maxLength={200}
            autoFocus
          />
          {others.length > 0 && (
            <ul className={finder.found}>
              {others.map((one) => (
                <li key={one.id} className={finder.row}>
                  <span className={finder.who}>
                    <span className={finder.name}>{one.full_name ?? one.contact_points[0]?.value}</span>
                    <span className={finder.detail}>
                      {[one.title, one.company, one.contact_points[0]?.value].filter(Boolean).join(" · ")}
                    </span>
                  </span>
                  <Button look="quiet" onPress={() => setOther(one)}>
                    {t("merges.choose")}
                    <span className="visually-hidden"> {one.full_name}</span>
                  </Button>
                </li>
              ))}
            </ul>
          )}
          {wanted !== "" && found.data && others.length === 0 && (
            <p className={finder.detail} role="status">
              {t("palette.nothing")}
            </p>
          )}
        </div>
      )}
      <FormProblem error={merge.error} />
    </Dialog>
  );
}

function readAll(): Promise<void> {
  return readAgain([
    "/api/v1/persons",
    "/api/v1/merges",
    "/api/v1/leads",
    "/api/v1/activities",
    "/api/v1/accounts",
    "/api/v1/queue",
  ]);
}

function SideBySide({ left, right }: { left: PersonOut; right: PersonOut }) {
  const { t } = useTranslation();
  const points = (one: PersonOut, kind: string) =>
    one.contact_points
      .filter((point) => point.kind === kind)
      .map((point) => point.value)
      .join(", ");
  const place = (one: PersonOut) => [one.city, one.region, one.country].filter(Boolean).join(", ");
  const rows: [string, string | null, string | null][] = [
    [t("fields.full_name"), left.full_name, right.full_name],
    [t("fields.title"), left.title, right.title],
    [t("fields.company_name"), left.company, right.company],
    [t("fields.emails"), points(left, "email"), points(right, "email")],
    [t("fields.phones"), points(left, "phone"), points(right, "phone")],
    [t("lead.place"), place(left), place(right)],
  ];
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <td />
            <th scope="col">{t("merges.survivor")}</th>
            <th scope="col">{t("merges.absorbed")}</th>
          </tr>
        </thead>
        <tbody>
          {rows
            .filter(([, one, two]) => one ?? two)
            .map(([name, one, two]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{one ?? "–"}</td>
                <td>{two ?? "–"}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
