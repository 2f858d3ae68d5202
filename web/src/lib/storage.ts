/** What the browser keeps for the page. One that refuses to keep anything, or is full, costs what was to be kept and nothing else. */
export const storage = {
  getItem: (key: string): string | null => tried(() => localStorage.getItem(key), null),
  /** Whether it is kept. */
  setItem: (key: string, text: string): boolean =>
    tried(() => {
      localStorage.setItem(key, text);
      return true;
    }, false),
  removeItem: (key: string): void => tried(() => localStorage.removeItem(key), undefined),
  /** The keys that begin so. */
  keys: (prefix: string): string[] =>
    tried(() => Object.keys(localStorage).filter((key) => key.startsWith(prefix)), [] as string[]),
};

/** Also to name the storage of a browser that refuses it is an error. */
function tried<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
