// Text that is typed is kept in this browser until it is sent, so that neither a failing server, nor a reload, nor going
// to another lead loses it.

import { useCallback, useState } from "react";

const PREFIX = "offhook.draft.";

/** A draft under a name, which stays the same while mounted; `discard` once it was sent. */
export function useDraft(name: string): { text: string; write: (text: string) => void; discard: () => void } {
  const key = PREFIX + name;
  const [text, setText] = useState(() => localStorage.getItem(key) ?? "");
  const write = useCallback(
    (typed: string) => {
      setText(typed);
      if (typed) localStorage.setItem(key, typed);
      else localStorage.removeItem(key);
    },
    [key],
  );
  const discard = useCallback(() => write(""), [write]);
  return { text, write, discard };
}
