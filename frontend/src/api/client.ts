// The one way to the server: typed by the API's own description (schema.d.ts, made by `npm run types`).
//
// Every POST carries an Idempotency-Key, so that what is sent twice is done once; a request that fails is thrown as a
// `Problem` (RFC 9457), which forms and screens show as it stands.

import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import type { CallVerdictOut, paths } from "./schema";

export interface WrongField {
  field: string;
  reason: string;
  value?: string | null;
}

/** What went wrong: `code` is stable, `message` says what to do, `fields` which values are wrong. A call that the
 * policy refuses comes with its `verdict`. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly fields: readonly WrongField[] = [],
    readonly verdict: CallVerdictOut | null = null,
  ) {
    super(message);
    this.name = "Problem";
  }

  /** Whether the same request may succeed later, unchanged. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** What somebody is told when the server cannot be reached. */
export const OFFLINE = "offline";

/** A problem as the server writes it. */
interface Told {
  type: string;
  detail: string;
  errors: WrongField[];
  verdict: CallVerdictOut;
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const told = JSON.parse(text) as Partial<Told>;
    const code = (told.type ?? "").replace("urn:offhook:problem:", "") || "error";
    const { detail = response.statusText, errors, verdict } = told;
    return new Problem(code, response.status, detail, errors, verdict);
  } catch {
    return new Problem("error", response.status, text.slice(0, 200) || response.statusText);
  }
}

const signedOutListeners = new Set<() => void>();

/** Be told when a request is refused because nobody is signed in any more. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

const middleware: Middleware = {
  onRequest({ request }) {
    if (request.method === "POST" && !request.headers.has("Idempotency-Key")) {
      request.headers.set("Idempotency-Key", crypto.randomUUID());
    }
    return request;
  },
  async onResponse({ response, schemaPath }) {
    if (response.ok) return undefined;
    const problem = await problemOf(response);
    if (response.status === 401 && !schemaPath.startsWith("/api/v1/sessions")) {
      for (const listener of signedOutListeners) listener();
    }
    throw problem;
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
    return new Problem(OFFLINE, 0, error instanceof Error ? error.message : String(error));
  },
};

export const api = createFetchClient<paths>({ baseUrl: "/", credentials: "same-origin" });
api.use(middleware);

/** Typed queries and mutations: `$api.useQuery("get", "/api/v1/me")`. */
export const $api = createQueryClient(api);

/** The answer of a request whose failure is thrown: `await answer(api.POST(…))`. */
export async function answer<T>(sent: Promise<{ data?: T }>): Promise<T> {
  const { data } = await sent;
  return data as T;
}

/** The header that edits just the version that was read. */
export function ifMatch(version: number): { "If-Match": string } {
  return { "If-Match": `"${version}"` };
}
