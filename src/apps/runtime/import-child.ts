import { answerImport } from "./import-answer.ts";
import { openDatabase } from "./sqlite.ts";

answerImport(({ file }: { file: string }, waitMs) => openDatabase(file, waitMs));
