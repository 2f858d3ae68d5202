import type { ReactNode } from "react";

/**
 * What is told as soon as it stands there. A reader of the screen says a region anew with each change in it: figures that follow the market,
 * and buttons, stand beside the sentence.
 */
export function Notice({
  sentence,
  isBad = false,
  testId,
  children,
}: {
  sentence: ReactNode;
  isBad?: boolean;
  testId?: string;
  children?: ReactNode;
}) {
  return (
    <div className={isBad ? "notice bad" : "notice"} data-testid={testId}>
      <span role={isBad ? "alert" : "status"}>{sentence}</span> {children}
    </div>
  );
}
