// The state of the live link, for the one place that shows it.

import { useEffect, useState } from "react";
import { queryClient } from "~/api/query";
import { hear } from "./hearing";
import { type LinkState, openLink } from "./link";
import { readWhatChanged } from "./reading";

/** Keep the link open while mounted; returns how it stands. */
export function useLink(signedOut: () => void): LinkState {
  const [state, setState] = useState<LinkState>("connecting");
  useEffect(
    () =>
      openLink(["*"], {
        state: setState,
        events: (events) => {
          readWhatChanged(events);
          hear(events);
        },
        reset: () => void queryClient.invalidateQueries(),
        signedOut,
      }),
    [signedOut],
  );
  return state;
}
