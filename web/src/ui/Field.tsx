import { useId, type ReactNode } from "react";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  unit?: string;
  hint?: ReactNode;
  error?: string | null;
  action?: ReactNode;
  placeholder?: string;
  isText?: boolean;
}

/** A labelled field for a decimal number (or text), with its unit, a hint and what is wrong with it. */
export function Field({ label, value, onChange, unit, hint, error, action, placeholder = "0", isText = false }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="input">
        <input
          id={id}
          inputMode={isText ? "text" : "decimal"}
          spellCheck={false}
          autoComplete="off"
          value={value}
          placeholder={placeholder}
          aria-invalid={error ? true : undefined}
          aria-describedby={hint || error ? `${id}-hint` : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
        {unit && <span className="unit">{unit}</span>}
        {action}
      </div>
      {(hint || error) && (
        <div id={`${id}-hint`} className={error ? "hint bad" : "hint"}>
          {error ?? hint}
        </div>
      )}
    </div>
  );
}

export function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: { value: string; text: string }[];
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </div>
  );
}

export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly T[];
  onChange: (value: T) => void;
}) {
  return (
    <fieldset className="segments">
      <legend className="hidden">{label}</legend>
      {options.map((option) => (
        <label key={option} className={`segment ${option.toLowerCase()}`}>
          <input type="radio" name={label} checked={value === option} onChange={() => onChange(option)} />{" "}
          <span>{option}</span>
        </label>
      ))}
    </fieldset>
  );
}
