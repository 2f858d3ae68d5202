/** A browser's storage for tests. */
export const fakeStorage = (): Storage =>
  ({
    __proto__: {
      setItem(this: Record<string, string>, key: string, value: string) {
        this[key] = value;
      },
      getItem(this: Record<string, string>, key: string) {
        return this[key] ?? null;
      },
      removeItem(this: Record<string, string>, key: string) {
        delete this[key];
      },
    },
  }) as unknown as Storage;
