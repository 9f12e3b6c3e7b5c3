import type { ApprovalField } from "#core/form.ts";

const risks = {
  low: { words: "Low risk", tone: "waiting" },
  medium: { words: "Medium risk", tone: "attention" },
  high: { words: "High risk", tone: "bad" },
} as const satisfies Record<ApprovalField["risk"], { words: string; tone: string }>;

/** What will happen once somebody agrees, how risky it is, and what it touches. */
export const ApprovalView = ({ what, risk, impact }: Omit<ApprovalField, "kind">) => (
  <div class={`note approval tone-${risks[risk].tone}`} hx-ignore>
    <p>
      <span class={`badge tone-${risks[risk].tone}`}>{risks[risk].words}</span> <strong>{what}</strong>
    </p>
    {impact.length > 0 && (
      <ul>
        {impact.map((one) => (
          <li>{one}</li>
        ))}
      </ul>
    )}
  </div>
);
