import type { DataField } from "#connectors/botify/botify.ts";
import {
  type Condition,
  conditionFrom,
  type Filter,
  fieldType,
  type Predicate,
  predicateLabels,
  predicates,
} from "#connectors/botify/filter.ts";
import { AppError } from "#core/errors.ts";
import { type Field, type FormButton, textOf, type Values } from "#core/form.ts";

/** A filter as a form shows it: groups of rules. Each rule, each group and the whole can be turned around or joined by and / or. */
export interface FilterDraft {
  match: "and" | "or";
  groups: readonly GroupDraft[];
}

interface GroupDraft {
  match: "and" | "or";
  not: boolean;
  rules: readonly RuleDraft[];
}

interface RuleDraft {
  field: string;
  predicate: Predicate;
  value: string;
  not: boolean;
}

const emptyRule: RuleDraft = { field: "", predicate: "eq", value: "", not: false };
export const emptyDraft: FilterDraft = { match: "and", groups: [] };

/** A person fills in no more than this; it also bounds what a forged form can ask for. */
const mostGroups = 20;
const mostRules = 50;

/** Reads the draft back from what the form sent: `g0.r1.field`, `g0.match`, … */
export const readDraft = (values: Values): FilterDraft => {
  const groups: GroupDraft[] = [];
  for (let g = 0; g < mostGroups && textOf(values, `g${g}`) !== ""; g++) {
    const rules: RuleDraft[] = [];
    for (let r = 0; r < mostRules && textOf(values, `g${g}.r${r}`) !== ""; r++) {
      const name = `g${g}.r${r}`;
      rules.push({
        field: textOf(values, `${name}.field`),
        predicate: predicates.find((one) => one === textOf(values, `${name}.predicate`)) ?? "eq",
        value: textOf(values, `${name}.value`),
        not: textOf(values, `${name}.not`) !== "",
      });
    }
    groups.push({ match: matchOf(values, `g${g}.match`), not: textOf(values, `g${g}.not`) !== "", rules });
  }
  return { match: matchOf(values, "match"), groups };
};

const matchOf = (values: Values, name: string): "and" | "or" =>
  textOf(values, name) === "or" ? "or" : "and";

/** What a button does to the draft: `add-group`, `remove-group:0`, `add-rule:0`, `remove-rule:0:1`. Others change nothing. */
export const editDraft = (draft: FilterDraft, press: string): FilterDraft => {
  const [verb, group, rule] = press.split(":");
  const g = Number(group);
  const r = Number(rule);
  const inGroup = (change: (one: GroupDraft) => GroupDraft): FilterDraft => ({
    ...draft,
    groups: draft.groups.map((one, index) => (index === g ? change(one) : one)),
  });
  switch (verb) {
    case "add-group":
      return { ...draft, groups: [...draft.groups, { match: "and", not: false, rules: [emptyRule] }] };
    case "remove-group":
      return { ...draft, groups: draft.groups.filter((_, index) => index !== g) };
    case "add-rule":
      return inGroup((one) => ({ ...one, rules: [...one.rules, emptyRule] }));
    case "remove-rule":
      return inGroup((one) => ({ ...one, rules: one.rules.filter((_, index) => index !== r) }));
    default:
      return draft;
  }
};

/** The filter of a draft; null without rules. Throws AppError("bad-answer") with the field at fault. */
export const filterFrom = (draft: FilterDraft, model: readonly DataField[]): Filter | null => {
  const types = new Map(model.map((field) => [field.id, field.type]));
  const groups = draft.groups
    .map((group, g) => ({
      ...group,
      rules: group.rules.map((rule, r) => ruleFrom(rule, `g${g}.r${r}`, types)),
    }))
    .filter(({ rules }) => rules.length > 0)
    .map(({ match, not, rules }) => turned(joined(match, rules), not));
  return groups.length === 0 ? null : joined(draft.match, groups);
};

const ruleFrom = (rule: RuleDraft, name: string, types: ReadonlyMap<string, string | null>): Filter => {
  if (rule.field === "")
    throw new AppError("bad-answer", "Choose the field of this filter, or remove the filter.", {
      field: `${name}.field`,
    });
  const type = types.get(rule.field);
  if (type === undefined) {
    throw new AppError("bad-answer", `This project has no field “${rule.field}”.`, {
      field: `${name}.field`,
    });
  }
  try {
    return turned(conditionFrom(rule.field, fieldType(type), rule.predicate, rule.value), rule.not);
  } catch (error) {
    if (error instanceof AppError)
      throw new AppError("bad-answer", error.message, { cause: error, field: `${name}.value` });
    throw error;
  }
};

const joined = (match: "and" | "or", parts: readonly Filter[]): Filter => {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return match === "and" ? { and: [...parts] } : { or: [...parts] };
};

const turned = (filter: Filter, not: boolean): Filter => (not ? { not: filter } : filter);

/** A filter of at most two levels as a draft, as templates and earlier answers are. */
export const draftFromFilter = (filter: Filter): FilterDraft => {
  if ("or" in filter && filter.or.some(isGroup)) return { match: "or", groups: filter.or.map(groupFrom) };
  if ("and" in filter && filter.and.some(isGroup)) return { match: "and", groups: filter.and.map(groupFrom) };
  return { match: "and", groups: [groupFrom(filter)] };
};

const isGroup = (filter: Filter): boolean =>
  "and" in filter || "or" in filter || ("not" in filter && isGroup(filter.not));

const groupFrom = (filter: Filter): GroupDraft => {
  if ("not" in filter && isGroup(filter.not)) return { ...groupFrom(filter.not), not: true };
  if ("and" in filter) return { match: "and", not: false, rules: filter.and.map(ruleDraft) };
  if ("or" in filter) return { match: "or", not: false, rules: filter.or.map(ruleDraft) };
  return { match: "and", not: false, rules: [ruleDraft(filter)] };
};

const ruleDraft = (filter: Filter): RuleDraft => {
  if ("not" in filter) return { ...ruleDraft(filter.not), not: true };
  const { field, predicate, value } = filter as Condition;
  return {
    field,
    predicate,
    value: Array.isArray(value) ? value.join(", ") : String(value ?? ""),
    not: false,
  };
};

/** The form of a draft. Every button redraws it on the server, so that it works without JavaScript. */
export const filterFields = (draft: FilterDraft, model: readonly DataField[]): Field[] => {
  const suggestions = model.slice(0, 500).map((field) => field.id);
  const addGroup: FormButton = {
    does: "redraw",
    value: "add-group",
    label: draft.groups.length === 0 ? "Add a filter" : "Add a group",
  };
  return [
    {
      kind: "group",
      legend: "Filters",
      help:
        draft.groups.length === 0
          ? "Without filters every URL up to the chosen depth is exported."
          : "Besides the depth chosen before, a URL must match:",
      fields: [
        ...(draft.groups.length > 1 ? [matchField("match", "Between groups", draft.match)] : []),
        ...draft.groups.map((group, g) => groupField(group, g, suggestions)),
      ],
      buttons: [addGroup],
    },
  ];
};

const matchField = (name: string, label: string, value: "and" | "or"): Field => ({
  kind: "select",
  name,
  label,
  value,
  options: [
    { value: "and", label: "all of them" },
    { value: "or", label: "any of them" },
  ],
});

const groupField = (group: GroupDraft, g: number, suggestions: readonly string[]): Field => ({
  kind: "group",
  legend: `Group ${g + 1}`,
  fields: [
    { kind: "hidden", name: `g${g}`, value: "1" },
    {
      kind: "row",
      fields: [
        matchField(`g${g}.match`, "Match", group.match),
        {
          kind: "checkbox",
          name: `g${g}.not`,
          label: "not",
          help: "Turns the whole group around",
          checked: group.not,
        },
      ],
    },
    ...group.rules.map((rule, r) => ruleField(rule, g, r, suggestions)),
  ],
  buttons: [
    { does: "redraw", value: `add-rule:${g}`, label: "Add a rule" },
    { does: "redraw", value: `remove-group:${g}`, label: "Remove the group" },
  ],
});

const ruleField = (rule: RuleDraft, g: number, r: number, suggestions: readonly string[]): Field => {
  const name = `g${g}.r${r}`;
  return {
    kind: "row",
    fields: [
      { kind: "hidden", name, value: "1" },
      { kind: "checkbox", name: `${name}.not`, label: "not", checked: rule.not },
      {
        kind: "text",
        name: `${name}.field`,
        label: "Field",
        value: rule.field,
        suggestions,
        placeholder: "http_code",
      },
      {
        kind: "select",
        name: `${name}.predicate`,
        label: "Condition",
        value: rule.predicate,
        options: predicates.map((one) => ({ value: one, label: predicateLabels[one] })),
      },
      { kind: "text", name: `${name}.value`, label: "Value", value: rule.value },
    ],
    buttons: [{ does: "redraw", value: `remove-rule:${g}:${r}`, label: "Remove" }],
  };
};
