// What is typed, once it has rested for a moment: for what is asked of the server while somebody types.

import { useEffect, useState } from "react";

const REST_MS = 450;

/** The value as it was when it last rested. */
export function useSettled<T>(value: T, rest = REST_MS): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), rest);
    return () => clearTimeout(timer);
  }, [value, rest]);
  return settled;
}
