import { useState } from "react";
import type { Choosable } from "../lib/hooks";
import { Choice, Field } from "./Field";

const BY_NAME = "";

/** An instrument out of a list, or any other by its name: options trade at more strikes than a list can hold. */
export function InstrumentChoice({
  choosable,
  name,
  choose,
}: {
  choosable: Choosable | undefined;
  name: string;
  choose: (name: string) => void;
}) {
  const [isTyping, setTyping] = useState(false);
  const problem = choosable?.problem ?? null;
  return (
    <>
      <Choice
        label="Instrument"
        value={isTyping ? BY_NAME : name}
        options={[...(choosable?.options ?? []), { value: BY_NAME, text: "Another one, by its name…" }]}
        onChange={(value) => {
          setTyping(value === BY_NAME);
          if (value !== BY_NAME) choose(value);
        }}
      />
      {isTyping ? (
        <Field
          label="Name"
          value={name}
          onChange={choose}
          isText
          placeholder="BTC-27MAR26-96500-C"
          error={problem}
          hint={choosable?.instrument?.typedName ?? "A future or an option, like BTC-27MAR26 or BTC-27MAR26-96500-C"}
        />
      ) : (
        problem && (
          <p className="bad" role="alert">
            {problem}
          </p>
        )
      )}
    </>
  );
}
