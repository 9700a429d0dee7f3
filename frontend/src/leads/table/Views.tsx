// Views of the table: a filter and a sorting under a name, for oneself or for everybody.

import { useMutation } from "@tanstack/react-query";
import { Bookmark } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { ViewOut } from "~/api/schema";
import { useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { Checkbox, TextField } from "~/kit/Field";
import { Menu } from "~/kit/Menu";
import { tell, tellProblem } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import { filterOf, type LeadFilter, said } from "./filter";

const SCREEN = "leads";

export function Views({ filter, onChosen }: { filter: LeadFilter; onChosen: (filter: LeadFilter) => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const [isSaving, setSaving] = useState(false);
  const views = $api.useQuery("get", "/api/v1/views", { params: { query: { screen: SCREEN, limit: 200 } } });
  const present = JSON.stringify(said(filter));
  const shown = views.data?.items.find((one) => JSON.stringify(said(filterOf(one.query))) === present);

  async function remove(view: ViewOut): Promise<void> {
    try {
      const params = { path: { view_id: view.id }, header: ifMatch(view.version) };
      await answer(api.DELETE("/api/v1/views/{view_id}", { params }));
      await readAgain(["/api/v1/views"]);
      tell(t("views.removed", { name: view.name }), () => void restore(view));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  async function restore({ name, query, is_shared, screen }: ViewOut): Promise<void> {
    await answer(api.POST("/api/v1/views", { body: { name, query, is_shared, screen } }));
    await readAgain(["/api/v1/views"]);
  }

  const choices = [
    ...(views.data?.items ?? []).map((one) => ({
      id: one.id,
      label: one.user_id === me.id ? one.name : t("views.of_others", { name: one.name }),
      run: () => onChosen(filterOf(one.query)),
    })),
    { id: "save", label: t("views.save"), run: () => setSaving(true) },
    ...(shown && shown.user_id === me.id
      ? [
          {
            id: "remove",
            label: t("views.remove", { name: shown.name }),
            isDanger: true,
            run: () => void remove(shown),
          },
        ]
      : []),
  ];
  return (
    <>
      <Menu label={t("views.title")} choices={choices}>
        <Button>
          <Bookmark size={14} aria-hidden="true" /> {shown?.name ?? t("views.title")}
        </Button>
      </Menu>
      {isSaving && <SaveDialog filter={filter} onClose={() => setSaving(false)} />}
    </>
  );
}

function SaveDialog({ filter, onClose }: { filter: LeadFilter; onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [isShared, setShared] = useState(false);
  const save = useMutation({
    mutationFn: () => {
      const body = { name, screen: SCREEN, query: said(filter) as never, is_shared: isShared };
      return answer(api.POST("/api/v1/views", { body }));
    },
    onSuccess: () => {
      void readAgain(["/api/v1/views"]);
      tell(t("saved"));
      onClose();
    },
  });
  return (
    <Dialog
      title={t("views.save")}
      isOpen
      onClose={onClose}
      onSubmit={() => save.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={save.isPending} isDisabled={!name.trim()}>
            {t("save")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("views.name")}
        value={name}
        onChange={setName}
        maxLength={80}
        error={wrongField(save.error, "name")}
        autoFocus
      />
      <Checkbox isSelected={isShared} onChange={setShared}>
        {t("views.share")}
      </Checkbox>
      <FormProblem error={save.error} />
    </Dialog>
  );
}
