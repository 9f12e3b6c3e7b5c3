import { openAt } from "./place.ts";
import { answerImport } from "./runtime/import-answer.ts";

answerImport(openAt);
