import {
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  InputGroup,
  InputGroupItem,
  InputGroupText,
  TextInput,
} from "@patternfly/react-core";

interface FieldProps {
  id: string;
  label: string;
  /** What is wrong with the value; shown instead of the help. */
  error?: string;
  help?: string;
  isRequired?: boolean;
}

function Help({ id, error, help }: FieldProps) {
  const text = error ?? help;
  return text === undefined ? null : (
    <FormHelperText>
      <HelperText id={`${id}-help`}>
        <HelperTextItem variant={error === undefined ? "default" : "error"}>{text}</HelperTextItem>
      </HelperText>
    </FormHelperText>
  );
}

function describedBy({ id, error, help }: FieldProps): string | undefined {
  return error === undefined && help === undefined ? undefined : `${id}-help`;
}

export function TextField({
  value,
  onChange,
  autoFocus = false,
  placeholder,
  ...field
}: FieldProps & { value: string; onChange: (value: string) => void; autoFocus?: boolean; placeholder?: string }) {
  return (
    <FormGroup label={field.label} fieldId={field.id} isRequired={field.isRequired}>
      <TextInput
        id={field.id}
        name={field.id}
        value={value}
        isRequired={field.isRequired}
        autoFocus={autoFocus}
        autoComplete="off"
        placeholder={placeholder}
        validated={field.error === undefined ? "default" : "error"}
        aria-describedby={describedBy(field)}
        onChange={(_event, next) => onChange(next)}
      />
      <Help {...field} />
    </FormGroup>
  );
}

/** A whole number with its unit; empty means undefined. */
export function NumberField({
  value,
  onChange,
  unit,
  min = 1,
  max,
  step = 1,
  placeholder,
  ...field
}: FieldProps & {
  value: number | null | undefined;
  onChange: (value: number | undefined) => void;
  unit?: string;
  min?: number;
  max?: number;
  step?: number;
  placeholder?: string;
}) {
  return (
    <FormGroup label={field.label} fieldId={field.id} isRequired={field.isRequired}>
      <InputGroup>
        <InputGroupItem isFill>
          <TextInput
            id={field.id}
            name={field.id}
            type="number"
            inputMode="numeric"
            min={min}
            max={max}
            step={step}
            placeholder={placeholder}
            value={value ?? ""}
            isRequired={field.isRequired}
            validated={field.error === undefined ? "default" : "error"}
            aria-describedby={describedBy(field)}
            onChange={(_event, next) => onChange(next === "" ? undefined : Number(next))}
          />
        </InputGroupItem>
        {unit !== undefined && <InputGroupText>{unit}</InputGroupText>}
      </InputGroup>
      <Help {...field} />
    </FormGroup>
  );
}

export function SelectField({
  value,
  onChange,
  options,
  ...field
}: FieldProps & {
  value: string;
  onChange: (value: string) => void;
  options: { value: string; label: string; isDisabled?: boolean }[];
}) {
  return (
    <FormGroup label={field.label} fieldId={field.id} isRequired={field.isRequired}>
      <FormSelect
        id={field.id}
        name={field.id}
        value={value}
        isRequired={field.isRequired}
        validated={field.error === undefined ? "default" : "error"}
        aria-describedby={describedBy(field)}
        onChange={(_event, next) => onChange(next)}
      >
        {options.map((option) => (
          <FormSelectOption
            key={option.value}
            value={option.value}
            label={option.label}
            isDisabled={option.isDisabled === true}
            isPlaceholder={option.value === ""}
          />
        ))}
      </FormSelect>
      <Help {...field} />
    </FormGroup>
  );
}
