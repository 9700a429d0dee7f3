import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import type { NumberOut } from "~/api/schema";
import { useTeams, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { Dialog } from "~/kit/Dialog";
import { type Choice, SelectField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { SaveProblem } from "~/kit/SaveProblem";
import { wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";
import { readTelephonyAgain, useExtensions, useTrunks } from "./data";

type Present = Pick<NumberOut, "number" | "label" | "trunk_id" | "rings" | "version">;
type Draft = Omit<Present, "version">;

const NONE = "none";
const NOBODY = { kind: "nobody", id: null } as const;
const NEW: Present = { number: "", label: "", trunk_id: null, rings: NOBODY, version: 0 };

function draftOf({ number, label, trunk_id, rings }: Present): Draft {
  return { number, label, trunk_id, rings };
}

/** Adds a number that we own, or changes what it is for and whom it rings. */
export function NumberDialog({ number, onClose }: { number: NumberOut | null; onClose: () => void }) {
  const { t } = useTranslation();
  const trunks = useTrunks();
  const targets = useTargets();
  const copy = useCopy<Present, Draft>(number ?? NEW, draftOf);
  const { draft, change } = copy;

  const save = useMutation({
    mutationFn: () => {
      const { number: typed, ...body } = draft;
      if (!number) return answer(api.POST("/api/v1/phone-numbers", { body: { number: typed, ...body } }));
      const params = { path: { number_id: number.id }, header: ifMatch(copy.base.version) };
      return answer(api.PATCH("/api/v1/phone-numbers/{number_id}", { params, body }));
    },
    onSuccess: () => {
      void readTelephonyAgain();
      onClose();
      tell(t("saved"));
    },
  });

  async function mergeOver(): Promise<void> {
    if (!number) return;
    const params = { path: { number_id: number.id } };
    copy.rebase(await answer<NumberOut>(api.GET("/api/v1/phone-numbers/{number_id}", { params })));
    save.reset();
  }

  return (
    <Dialog
      title={number ? number.number : t("telephony.add_number")}
      isOpen
      onClose={onClose}
      onSubmit={() => save.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={save.isPending} isDisabled={!draft.number.trim()}>
            {t("save")}
          </Button>
        </>
      }
    >
      {!number && (
        <TextField
          label={t("telephony.number")}
          hint={t("telephony.number_hint")}
          value={draft.number}
          onChange={(typed) => change({ number: typed })}
          error={wrongField(save.error, "number")}
          inputMode="tel"
          maxLength={60}
          autoFocus
          isRequired
        />
      )}
      <TextField
        label={t("telephony.label")}
        value={draft.label}
        onChange={(label) => change({ label })}
        error={wrongField(save.error, "label")}
        maxLength={100}
        autoFocus={Boolean(number)}
      />
      <ComboField
        label={t("telephony.rings")}
        hint={t("telephony.rings_hint")}
        value={keyOf(draft.rings)}
        onChange={(key) => change({ rings: ringOf(key) })}
        choices={targets}
        error={wrongField(save.error, "rings")}
      />
      <SelectField
        label={t("telephony.by_trunk")}
        value={draft.trunk_id ?? NONE}
        onChange={(chosen) => change({ trunk_id: chosen === NONE ? null : chosen })}
        choices={[
          { id: NONE, label: t("telephony.any_trunk") },
          ...(trunks.data ?? []).map(({ id, name }) => ({ id, label: name })),
        ]}
      />
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
    </Dialog>
  );
}

function keyOf({ kind, id }: NumberOut["rings"]): string {
  return `${kind}:${id ?? ""}`;
}

function ringOf(key: string): NumberOut["rings"] {
  const [kind, id] = key.split(":");
  return id ? { kind: kind as NumberOut["rings"]["kind"], id } : NOBODY;
}

/** Everybody and everything that a number can ring. */
function useTargets(): Choice[] {
  const { t } = useTranslation();
  const users = useUsers();
  const teams = useTeams();
  const extensions = useExtensions();
  const active = [...users.values()].filter((one) => one.is_active);
  return [
    { id: keyOf(NOBODY), label: t("telephony.nobody") },
    ...active.map(({ id, name, email }) => ({ id: keyOf({ kind: "user", id }), label: name, detail: email })),
    ...(extensions.data ?? []).map((one) => ({
      id: keyOf({ kind: "extension", id: one.id }),
      label: t("telephony.extension_of", { number: one.number, name: users.get(one.user_id)?.name ?? "…" }),
      detail: t("telephony.extension_detail"),
    })),
    ...[...teams.values()].map(({ id, name }) => ({
      id: keyOf({ kind: "team", id }),
      label: t("telephony.team_named", { name }),
      detail: t("telephony.team_detail"),
    })),
  ];
}
