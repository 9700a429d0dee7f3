// What the fields of a hook's messages are; those that are not said are guessed from their names.

import { useMutation } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { queryClient, readAgain } from "~/api/query";
import type { HookOut, Target } from "~/api/schema";
import { namesOf } from "~/intake/cells";
import { TARGETS, useTargetName } from "~/intake/targets";
import { Button, IconButton } from "~/kit/Button";
import { SelectField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Panel } from "~/kit/Panel";
import { SaveProblem } from "~/kit/SaveProblem";
import { useCopy } from "~/kit/useCopy";
import styles from "./Mapping.module.css";

interface Line {
  name: string;
  target: Target;
}

const SAMPLE = 20;

function linesOf(hook: HookOut): { lines: readonly Line[] } {
  return { lines: Object.entries(hook.mapping).map(([name, target]) => ({ name, target: target as Target })) };
}

export function Mapping({ hook }: { hook: HookOut }) {
  const { t } = useTranslation();
  const nameOf = useTargetName();
  const copy = useCopy(hook, linesOf, `hook.${hook.id}`);
  const { lines } = copy.draft;
  const params = { path: { hook_id: hook.id } };
  const received = $api.useQuery("get", "/api/v1/received/{source_id}", {
    params: { path: { source_id: hook.id }, query: { newest_first: true, limit: SAMPLE } },
  }).data;
  const known = useMemo(() => [...new Set(received?.items.flatMap((one) => namesOf(one.received)))], [received]);

  const save = useMutation({
    mutationFn: () => {
      const named = lines.filter((one) => one.name.trim() !== "");
      const mapping = Object.fromEntries(named.map((one) => [one.name.trim(), one.target]));
      return answer<HookOut>(
        api.PATCH("/api/v1/hooks/{hook_id}", {
          params: { ...params, header: ifMatch(copy.base.version) },
          body: { mapping },
        }),
      );
    },
    onSuccess: (saved) => {
      copy.settle(saved);
      queryClient.setQueryData($api.queryOptions("get", "/api/v1/hooks/{hook_id}", { params }).queryKey, saved);
      void readAgain(["/api/v1/hooks"]);
      tell(t("saved"));
    },
  });

  async function mergeOver(): Promise<void> {
    copy.rebase(await answer<HookOut>(api.GET("/api/v1/hooks/{hook_id}", { params })));
    save.reset();
  }

  function put(place: number, what: Partial<Line>): void {
    copy.change({ lines: lines.map((one, n) => (n === place ? { ...one, ...what } : one)) });
  }

  const names = lines.map((one) => one.name.trim());
  return (
    <Panel
      title={t("hooks.mapping")}
      actions={
        copy.isChanged && (
          <>
            <Button onPress={copy.discard}>{t("hours.discard")}</Button>
            <Button look="primary" onPress={() => save.mutate()} isPending={save.isPending}>
              {t("save")}
            </Button>
          </>
        )
      }
    >
      <div className={styles.lines}>
        <p className={styles.hint}>{t("hooks.mapping_hint")}</p>
        {lines.map((one, place) => (
          <div
            key={place}
            role="group"
            aria-label={t("hooks.line", { number: place + 1 })}
            className={styles.line}
          >
            <TextField
              label={t("hooks.sent_name")}
              isLabelHidden
              placeholder="lead.mail"
              value={one.name}
              onChange={(name) => put(place, { name })}
              suggestions={known.filter((name) => !names.includes(name))}
              error={names.indexOf(one.name.trim()) < place ? t("hooks.twice") : undefined}
              maxLength={300}
            />
            <SelectField
              label={t("hooks.target")}
              isLabelHidden
              value={one.target}
              onChange={(target) => put(place, { target: target as Target })}
              choices={TARGETS.map((id) => ({ id, label: nameOf(id) }))}
            />
            <IconButton
              label={t("hooks.remove_line", { number: place + 1 })}
              onPress={() => copy.change({ lines: lines.filter((_, n) => n !== place) })}
            >
              <X size={15} aria-hidden="true" />
            </IconButton>
          </div>
        ))}
        <div>
          <Button look="quiet" onPress={() => copy.change({ lines: [...lines, { name: "", target: "email" }] })}>
            <Plus size={14} aria-hidden="true" /> {t("hooks.add_line")}
          </Button>
        </div>
        <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
      </div>
    </Panel>
  );
}
