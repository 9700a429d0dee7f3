// What was received, as it can be looked at: JSON of names and values, or else the text as it stands.

function parsed(received: string): object | null {
  try {
    const told = JSON.parse(received) as unknown;
    return typeof told === "object" && told !== null && !Array.isArray(told) ? told : null;
  } catch {
    return null;
  }
}

/** Heading and cell of each column that holds something; null where the row is no such thing. */
export function cellsOf(received: string): [string, string][] | null {
  const told = parsed(received);
  return (
    told &&
    Object.entries(told).flatMap(([name, value]): [string, string][] => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return text.trim() ? [[name, text]] : [];
    })
  );
}

const GIST = 3;

/** The first values, by which somebody who looks down a list knows what a row is about. */
export function gistOf(received: string): string {
  return valuesWithin(parsed(received) ?? {})
    .slice(0, GIST)
    .join(" · ");
}

function valuesWithin(within: object): string[] {
  return Object.values(within).flatMap((value: unknown) => {
    if (typeof value === "object" && value !== null) return valuesWithin(value);
    return typeof value === "string" || typeof value === "number" ? [String(value).trim()].filter(Boolean) : [];
  });
}

/** The dotted names of the fields of a received message: `lead.mail` of `{"lead": {"mail": …}}`. */
export function namesOf(received: string): string[] {
  return namesWithin(parsed(received) ?? {}, "");
}

function namesWithin(within: object, before: string): string[] {
  return Object.entries(within).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? namesWithin(value, `${before}${name}.`)
      : [before + name],
  );
}
