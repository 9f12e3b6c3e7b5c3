import { type Keep, keepSentence } from "#core/retention.ts";
import { routes } from "#core/routes.ts";

interface RetentionFormProps {
  /** Null: of all that have no rule of their own. */
  workflowId: string | null;
  title: string;
  keep: Keep;
  /** It has a rule of its own. */
  own?: boolean;
  hour?: number;
  error?: { field: string | null } | undefined;
}

/** Posts `workflow`, `days`, `runs`, `logDays`, `exports` and `hour`; an empty number is no rule. */
export const RetentionForm = ({ workflowId, title, keep, own, hour, error }: RetentionFormProps) => (
  <form method="post" action={routes.retention.href()} class="keep-form" id={`keep-${workflowId ?? "all"}`}>
    <fieldset class="group">
      <legend>{title}</legend>
      <p>
        Kept {keepSentence(keep)}
        {own === false && ", as all others"}.
      </p>
      <input type="hidden" name="workflow" value={workflowId ?? ""} />
      <div class="filters">
        <Days name="days" label="Days that runs are kept" value={keep.days} error={error} />
        <Days name="runs" label="How many runs are kept" value={keep.runs} error={error} />
        <Days name="logDays" label="Days that logs are kept" value={keep.logDays} error={error} />
        {hour !== undefined && (
          <label>
            <span>Hour of the night</span>
            <select name="hour">
              {Array.from({ length: 24 }, (_, one) => (
                <option value={String(one)} selected={one === hour}>
                  {one}:00
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <label>
        <input type="checkbox" name="exports" value="yes" checked={keep.exports} /> The exports that a run
        saved go with it, rows and files
      </label>
      <div class="row-actions">
        <button type="submit" name="does" value="keep">
          Save<span class="visually-hidden"> the rule for {title}</span>
        </button>
        {own === true && (
          <button type="submit" name="does" value="usual" class="button-outline">
            As all others<span class="visually-hidden">: {title}</span>
          </button>
        )}
      </div>
    </fieldset>
  </form>
);

const Days = ({
  name,
  label,
  value,
  error,
}: {
  name: string;
  label: string;
  value: number | null;
  error: { field: string | null } | undefined;
}) => (
  <label>
    <span>{label}</span>
    <input
      type="number"
      name={name}
      min={1}
      max={99_999}
      value={value ?? ""}
      placeholder="no limit"
      aria-invalid={error?.field === name ? "true" : undefined}
    />
  </label>
);
