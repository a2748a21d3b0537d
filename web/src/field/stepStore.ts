import type { Step, StepStore } from "./outbox";

const NAME = "chengmai-field";
const TABLE = "steps";

/** Keeps one person's steps in the browser's IndexedDB, photographs included. */
export class BrowserStepStore implements StepStore {
  private opened: Promise<IDBDatabase> | null = null;

  constructor(private readonly username: string) {}

  async all(): Promise<Step[]> {
    return this.run("readonly", (table) => table.getAll() as IDBRequest<Step[]>);
  }

  async put(step: Step): Promise<void> {
    await this.run("readwrite", (table) => table.put(step));
  }

  async remove(id: string): Promise<void> {
    await this.run("readwrite", (table) => table.delete(id));
  }

  private async run<T>(mode: IDBTransactionMode, act: (table: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    this.opened ??= open(`${NAME}-${this.username}`);
    const database = await this.opened;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(TABLE, mode);
      const request = act(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error ?? new Error("IndexedDB transaction failed"));
      transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB transaction aborted"));
    });
  }
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB did not open"));
  });
}
