/** The one way to the platform's HTTP interface: CSRF, language, errors in one shape, an ended session noticed. */

export const BASE = "/api/v1";
const TIMEOUT_MS = 30_000;

/** A refused or failed request, with the server's code and its sentence in the person's language. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly params: Record<string, string> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** What the client must be told by the application around it. */
export interface Surroundings {
  language: () => string;
  /** Sentence for failures that never reached the server. */
  unreachable: () => string;
  /** Whether a person is at the screen; without one, a request does not keep the session alive. */
  attended: () => boolean;
  /** Called when the server says nobody is logged in. */
  sessionEnded: () => void;
}

let surroundings: Surroundings = {
  language: () => "zh-CN",
  unreachable: () => "unreachable",
  attended: () => true,
  sessionEnded: () => undefined,
};

export function configure(value: Surroundings): void {
  surroundings = value;
}

function cookie(name: string): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

async function failure(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as {
      error: { code: string; params: Record<string, string>; message: string };
    };
    return new ApiError(response.status, body.error.code, body.error.message, body.error.params);
  } catch {
    return new ApiError(response.status, `http.${response.status}`, `HTTP ${response.status}`);
  }
}

type Given = string | number | boolean | null | undefined;
export type Query = Record<string, Given | readonly Given[]>;

/** A path below the interface's base, with the query's given values only; a list gives its name several times. */
export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values].flat()) {
      if (value !== undefined && value !== null && value !== "") parameters.append(name, String(value));
    }
  }
  const tail = parameters.toString();
  return `${BASE}${path}${tail ? `?${tail}` : ""}`;
}

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  /** The log-in page itself asks: a 401 is then an answer, not an ended session. */
  quiet401?: boolean;
  timeoutMs?: number;
}

async function answerOf(method: string, path: string, options: Options): Promise<Response> {
  const headers: Record<string, string> = {
    Accept: "application/json",
    "Accept-Language": surroundings.language(),
  };
  if (!surroundings.attended()) headers["X-Background"] = "1";
  if (method !== "GET") headers["X-CSRFToken"] = cookie("chengmai_csrf");
  let body: BodyInit | null = null;
  if (options.body instanceof FormData) {
    body = options.body;
  } else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.body);
  }
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
  let response: Response;
  try {
    response = await fetch(address(path, options.query), {
      method,
      headers,
      body,
      signal,
      credentials: "same-origin",
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError(0, "network.unreachable", surroundings.unreachable());
  }
  if (!response.ok) {
    const error = await failure(response);
    if (response.status === 401 && !options.quiet401) surroundings.sessionEnded();
    throw error;
  }
  return response;
}

async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await answerOf(method, path, options);
  if (response.status === 204 || response.headers.get("Content-Length") === "0") return undefined as T;
  return (await response.json()) as T;
}

export const api = {
  get: <T>(path: string, query: Query = {}, options: Omit<Options, "query" | "body"> = {}): Promise<T> =>
    request<T>("GET", path, { ...options, query }),
  /** An answer that is no JSON, byte by byte. */
  bytes: async (path: string, query: Query = {}, options: Omit<Options, "query" | "body"> = {}) =>
    (await answerOf("GET", path, { ...options, query })).arrayBuffer(),
  /** A file that is the answer to what was sent. */
  file: async (path: string, body: unknown, options: Omit<Options, "body"> = {}): Promise<Blob> =>
    (await answerOf("POST", path, { ...options, body })).blob(),
  post: <T>(path: string, body?: unknown, options: Omit<Options, "body"> = {}): Promise<T> =>
    request<T>("POST", path, { ...options, body }),
  put: <T>(path: string, body?: unknown, options: Omit<Options, "body"> = {}): Promise<T> =>
    request<T>("PUT", path, { ...options, body }),
  patch: <T>(path: string, body?: unknown, options: Omit<Options, "body"> = {}): Promise<T> =>
    request<T>("PATCH", path, { ...options, body }),
  delete: <T>(path: string, options: Omit<Options, "body"> = {}): Promise<T> =>
    request<T>("DELETE", path, options),
};

/** The sentence to show for any thrown thing. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
