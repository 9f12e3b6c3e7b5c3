import type { Context, Reading, Spoken } from "#chat/understand.ts";

/** A server on which eight runs stand at all the places where a run can stand, the newest first. */
export const spoken: readonly Spoken[] = [
  { id: "a1", number: 4, title: "Cellphone Store CRM", state: "running" },
  { id: "b1", number: 7, title: "Botify export example.com", state: "running" },
  { id: "c1", number: 8, title: "Botify export shop.example", state: "waiting" },
  { id: "d1", number: 3, title: "Nightly backup", state: "failed" },
  { id: "e1", number: 9, title: "Deploy blog", state: "asking" },
  { id: "g1", number: 2, title: "Create bot Ana", state: "paused" },
  { id: "f1", number: 2, title: "Nightly backup", state: "completed" },
  { id: "h1", number: 1, title: "Stop words study", state: "completed" },
];

export const workflows = [
  { id: "botify-export", title: "Export URLs from Botify" },
  { id: "generate-app", title: "Generate an app" },
  { id: "create-bot", title: "Create a bot" },
];

export const quiet: Context = { now: 1_000_000, workflows, about: null, listed: null, pending: null };
export const about = (run: string): Context => ({ ...quiet, about: { run, at: quiet.now } });

/** "tell status a1", as short as it can be said. */
export const short = (reading: Reading): string => {
  switch (reading.kind) {
    case "tell":
    case "do":
      return `${reading.kind} ${reading.says} ${reading.run}`;
    case "confirmed":
    case "declined":
    case "wrong-state":
    case "advice":
      return `${reading.kind} ${reading.says} ${reading.run}`;
    case "start":
      return `start ${reading.workflow}`;
    case "which":
      return `which ${reading.says} ${reading.among.join(" ")}`.trim();
    case "nameless":
      return `nameless ${reading.says} ${reading.near ?? ""}`.trim();
    case "nothing":
      return `nothing ${reading.because}`;
    case "unknown":
      return `unknown ${reading.near ?? ""}`.trim();
    default:
      return reading.kind;
  }
};

/** What people say, by what it means; the first one is the seed's. */
export const sentences: Readonly<Record<string, readonly string[]>> = {
  "tell status a1": [
    "How's my CRM task going?",
    "Status of my CRM task",
    "how is the crm doing",
    "what's the status of the cellphone store crm?",
    "status crm",
    "/status crm",
    "/status@milepost_bot CRM",
    "/milepost status crm",
    "<@U123> status of crm",
    "CRM",
    "Is my CRM ready?",
    "is the crm still running",
    "where is my crm",
    "hey, how's the CRM task going so far?",
    "could you please check on the CRM",
    "was the CRM cancelled?",
    "Wie läuft meine CRM-Aufgabe?",
    "Status von CRM",
    "¿Cómo va mi CRM?",
    "Estado de mi tarea CRM",
    "Como está meu CRM?",
    "Status de meu CRM",
    "Où en est mon CRM ?",
  ],
  "tell logs a1": [
    "Show logs for my CRM task",
    "Zeig die Logs von CRM",
    "Muestra los registros de mi CRM",
    "Mostre os logs de meu CRM",
    "Montre les journaux de mon CRM",
  ],
  "do restart a1": [
    "Cancel my CRM task and start over",
    "cancel crm and retry",
    "restart the CRM task",
    "start my CRM over",
    "Brich CRM ab und fang neu an",
    "Cancela mi CRM y empieza de nuevo",
    "Cancele meu CRM e comece de novo",
    "Annule mon CRM et recommence",
  ],
  "tell eta a1": [
    "When will my CRM be ready?",
    "how much longer will the CRM task take?",
    "eta crm",
    "Wann ist CRM fertig?",
    "¿Cuánto falta para el CRM?",
    "Quanto falta para o CRM?",
    "Quand le CRM sera fini ?",
  ],
  "tell logs d1": ["show me the logs of the nightly backup", "logs #D1"],
  "tell status d1": ["status of nightly backup"],
  "tell why d1": ["why did the nightly backup fail?"],
  "do pause a1": [
    "pause my CRM task",
    "please pause the CRM now",
    "put the crm on hold",
    "Pausiere CRM bitte",
    "pausa el CRM",
    "mets le CRM en pause",
  ],
  "do resume g1": ["resume create bot ana", "continue Ana", "Retome Ana"],
  "wrong-state resume a1": ["resume the CRM"],
  "do cancel a1": [
    "cancel the crm",
    "stop my CRM task",
    "abort crm please",
    "Brich den CRM ab",
    "CRM abbrechen",
    "cancela el CRM",
    "annule le CRM",
    "please could you cancel the crm",
  ],
  "do retry d1": ["retry the nightly backup", "try nightly backup again"],
  "do skip d1": ["skip the failed step of nightly backup"],
  "do approve e1": ["approve deploy blog"],
  "do answer e1": [
    "answer deploy blog",
    "please answer the question of the blog",
    "beantworte Deploy blog",
    "responde a deploy blog",
    "responda deploy blog",
    "réponds à deploy blog",
  ],
  "do reject e1": ["reject the blog"],
  "wrong-state approve a1": ["approve the crm"],
  "which status b1 c1": ["status of the botify export"],
  "which cancel b1 c1": ["cancel botify"],
  "do cancel b1": ['cancel "Botify export example.com"', "cancel “Botify export example.com”"],
  "tell status c1": ["status of shop.example"],
  "nameless cancel a1": ["cancel the cmr"],
  "nameless status d1": ["status of nigthly backup"],
  "nameless status": ["status of the invoices"],
  list: ["anything running?", "what's running?", "status", "Was läuft gerade?"],
  waiting: ["what needs me", "anything for me?", "¿hay algo para mí?"],
  help: ["help"],
  "which cancel": ["cancel it"],
  "which pause": ["pause"],
  "nothing negated": [
    "don't cancel the crm",
    "do not stop my CRM task",
    "never cancel the crm",
    "Brich CRM nicht ab",
    "no canceles el CRM",
    "não cancele o CRM",
    "n'annule pas le CRM",
  ],
  "advice cancel a1": [
    "should I cancel the crm?",
    "what happens if I cancel the crm?",
    "Soll ich CRM abbrechen?",
  ],
  "advice pause a1": ["can I pause the CRM?"],
  "nothing conditional": ["cancel the crm if it fails", "cancel the crm tomorrow"],
  "nothing several": ["cancel everything", "pause crm and botify"],
  "wrong-state cancel h1": ["stop words study"],
  unknown: ["thanks!", "2", "yes"],
  "unknown a1": ["lol the crm thing again"],
  "start botify-export": ["start the botify export"],
  "start generate-app": ["run generate an app"],
};
