import { route } from "./route.ts";

/** The addresses of the systems that Milepost replaces, for programs that were written for them. */
export const compatRoutes = {
  createBotSteps: route("/api/create-bot-steps"),
  deploy: route("/api/deploy"),
  deployStatus: route("/api/status/:id"),
  checkDeployName: route("/api/check/:name"),
  tasks: route("/api/tasks"),
  task: route("/api/tasks/:id"),
  taskProgress: route("/api/tasks/:id/progress"),
  taskSteps: route("/api/tasks/:id/steps"),
  taskLogs: route("/api/tasks/:id/logs"),
  approvals: route("/api/tasks/:id/approvals"),
  approve: route("/api/tasks/:id/approve"),
  taskSockets: route("/ws/tasks"),
  taskSocket: route("/ws/tasks/:id"),
} as const;
