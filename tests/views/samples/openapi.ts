import { evil } from "./steps.ts";

/** A small OpenAPI document, with a schema that contains itself. */
export const doc = {
  info: { title: "Milepost API", description: "Everything that the pages can do." },
  paths: {
    "/api/runs/{id}": {
      get: {
        summary: "A run with its steps",
        parameters: [{ name: "id", in: "path", required: true, description: "The run" }],
        responses: {
          200: {
            description: "The run",
            content: { "application/json": { schema: { $ref: "#/components/schemas/Run" } } },
          },
          404: { description: evil },
        },
      },
      post: {
        summary: "Start",
        requestBody: {
          content: {
            "application/json": {
              schema: { type: "object", properties: { subject: { type: "string" } }, required: ["subject"] },
            },
          },
        },
        responses: {},
      },
    },
  },
  components: {
    schemas: {
      Run: {
        type: "object",
        required: ["id"],
        properties: {
          id: { type: "string" },
          state: { enum: ["queued", "running"] },
          parent: { $ref: "#/components/schemas/Run" },
        },
      },
    },
  },
};
