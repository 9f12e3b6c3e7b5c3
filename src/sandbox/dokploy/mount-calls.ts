import { z } from "zod";
import { ApiError, notFound } from "./api-error.ts";
import { type Calls, id, mutation } from "./call.ts";
import type { World } from "./world.ts";

const newMount = z.object({
  type: z.enum(["bind", "volume", "file"]),
  hostPath: z.string().nullish(),
  volumeName: z.string().nullish(),
  filePath: z.string().nullish(),
  content: z.string().nullish(),
  mountPath: z.string().min(1),
  serviceType: z.enum(["application", "compose"]).default("application"),
  serviceId: id,
});

/** What is mounted into services. Source: Dokploy's routers/mount.ts and db/schema/mount.ts; nothing was recorded. */
export const mountCalls = (world: World): Calls => {
  const { tables, save } = world.file;
  return {
    // Answers with no id, and the same again is a second row.
    "mounts.create": mutation(newMount, ({ serviceId, ...wish }) => {
      const known =
        wish.serviceType === "application"
          ? tables.applications.some(({ applicationId }) => applicationId === serviceId)
          : tables.composes.some(({ composeId }) => composeId === serviceId);
      if (!known) throw new ApiError("BAD_REQUEST", 'Error Failed query: insert into "mount"');
      tables.mounts.push({
        mountId: world.newId(),
        type: wish.type,
        hostPath: wish.hostPath ?? null,
        volumeName: wish.volumeName ?? null,
        filePath: wish.filePath ?? null,
        content: wish.content ?? null,
        mountPath: wish.mountPath,
        serviceType: wish.serviceType,
        applicationId: wish.serviceType === "application" ? serviceId : null,
        composeId: wish.serviceType === "compose" ? serviceId : null,
      });
      save();
      return true;
    }),

    // The row alone: a volume stays in Docker.
    "mounts.remove": mutation(z.object({ mountId: id }), ({ mountId }) => {
      const mount = tables.mounts.find((row) => row.mountId === mountId);
      if (mount === undefined) throw notFound("Mount");
      tables.mounts = tables.mounts.filter((row) => row !== mount);
      save();
      return mount;
    }),
  };
};
