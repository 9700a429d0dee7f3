// Saying who a caller was whom nobody knew: found by name or e-mail; then the call is theirs, and can be logged.

import { useMutation } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { CallOut } from "~/api/schema";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem } from "~/kit/states";
import styles from "./Calls.module.css";

const FEW = 8;

export function WhoDialog({ call, onClose }: { call: CallOut; onClose: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed.trim());
  const query = { search: wanted, limit: FEW };
  const found = $api.useQuery(
    "get",
    "/api/v1/persons",
    { params: { query } },
    { enabled: wanted !== "", placeholderData: (before) => before, retry: false },
  );
  const name = useMutation({
    mutationFn: (personId: string) => {
      const params = { path: { call_id: call.id } };
      return answer(api.POST("/api/v1/calls/{call_id}/caller", { params, body: { person_id: personId } }));
    },
    onSuccess: () => {
      void readAgain(["/api/v1/calls"]);
      tell(t("saved"));
      onClose();
    },
  });
  const people = wanted === "" ? [] : (found.data?.items ?? []);
  return (
    <Dialog title={t("calls.who_was", { number: call.number ?? "" })} isOpen onClose={onClose}>
      <TextField label={t("calls.who_hint")} value={typed} onChange={setTyped} maxLength={200} autoFocus />
      <ul className={styles.found}>
        {people.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              className={styles.person}
              disabled={name.isPending}
              onClick={() => name.mutate(one.id)}
            >
              <b>{one.full_name ?? one.contact_points[0]?.value}</b>
              <span className={styles.faint}>{[one.title, one.company].filter(Boolean).join(" · ")}</span>
            </button>
          </li>
        ))}
      </ul>
      {wanted !== "" && found.data && people.length === 0 && <p>{t("palette.nothing")}</p>}
      <FormProblem error={name.error} />
    </Dialog>
  );
}
