/** What can stand after `using` and `await using`. */
export interface Ends extends AsyncDisposable, Disposable {}

/**
 * What `using` asks of an object, for compilers and type packages that are older than it. Newer ones declare the same,
 * and declarations add up.
 */
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
    readonly asyncDispose: unique symbol;
  }

  interface Disposable {
    [Symbol.dispose](): void;
  }

  interface AsyncDisposable {
    [Symbol.asyncDispose](): PromiseLike<void>;
  }
}
