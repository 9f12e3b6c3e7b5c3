import type { Container, Task } from "./containers.ts";
import type { KeyOwner } from "./key-owner.ts";

/** A service of a project, as far as it is told apart. */
export interface Service {
  /** "application", "compose", "postgres", … */
  kind: string;
  id: string;
  name: string;
}

export interface Environment {
  environmentId: string;
  name: string;
  description: string | null;
  isDefault: boolean;
  /** Everything that runs in it, applications first. */
  services: Service[];
}

export interface Project {
  projectId: string;
  name: string;
  description: string | null;
  environments: Environment[];
}

/** What is deployed, by its id: an application of one image, or a compose service of all that its file names. */
export type Deployable = { applicationId: string } | { composeId: string };

interface Head {
  name: string;
  /** Name of its service in the swarm, or of its project in Docker Compose: the one given and a random ending. */
  appName: string;
  description: string | null;
  /** "idle", "running", "done" or "error"; newer servers may know more. */
  status: string;
}

export interface Application extends Head {
  applicationId: string;
}

export interface Compose extends Head {
  composeId: string;
}

/** What an application or a compose service is set to, as far as it is changed here. All of it takes effect with the next deployment. */
export interface Columns {
  sourceType: string | null;
  /** Of a compose service: null. */
  dockerImage: string | null;
  /** Of an application: null. */
  composeFile: string | null;
  /** The text that Dokploy reads with dotenv. */
  env: string | null;
  /** With these the image is pulled from its registry. */
  username: string | null;
  password: string | null;
  registryUrl: string | null;
  replicas: number;
  /** In bytes, as a text; null: as much as there is. */
  memoryLimit: string | null;
  /** Takes the place of the image's own. */
  command: string | null;
}

/** A folder of a container that outlives it. */
export interface Mount {
  mountId: string;
  /** "volume", "bind" or "file". */
  type: string;
  /** The volume's name in Docker; null for the other types. */
  volumeName: string | null;
  /** Where the container sees it. */
  mountPath: string;
}

interface Settings {
  columns: Columns;
  mounts: Mount[];
  /** Null: the server that Dokploy itself runs on. */
  serverId: string | null;
}

export type ApplicationDetails = Application & Settings;
export type ComposeDetails = Compose & Settings;

/** A server that Dokploy deploys to, besides its own. */
export interface Server {
  serverId: string;
  name: string;
}

export interface Domain {
  domainId: string;
  host: string;
  path: string;
  port: number | null;
  https: boolean;
  enabled: boolean;
}

export type NewDomain = {
  host: string;
  /** Where the container listens. */
  port: number;
  https: boolean;
  path: string;
  certificate: Certificate;
} & ({ applicationId: string } | { composeId: string; serviceName: string });

/**
 * Where a domain's certificate comes from: Dokploy's resolver of Let's Encrypt, another one of the Traefik configuration by its name, or
 * those that Traefik has been given, such as one for all names of a domain.
 */
export type Certificate = { from: "letsencrypt" } | { from: "resolver"; name: string } | { from: "traefik" };

export interface Deployment {
  deploymentId: string;
  title: string;
  description: string;
  /** "running", "done", "error" or "cancelled"; any other word is still under way. */
  status: string;
  /** Null even for most failures: the reason is in the log. */
  errorMessage: string | null;
}

/** What a new application or compose service is. */
export interface NewService {
  name: string;
  appName: string;
  description: string;
  environmentId: string;
  serverId?: string;
}

/** What runs of something, and on which server; null: on Dokploy's own. */
export interface Placed {
  appName: string;
  serverId?: string | null;
}

/** A deployment that has not got a row of its own yet. */
export interface QueuedJob {
  id: string;
  applicationId: string | null;
  composeId: string | null;
  /** The server that it is for; null: Dokploy's own. Each has a queue of its own. */
  serverId: string | null;
  title: string | null;
  state: string;
  /** When it was ordered, in milliseconds since 1970. */
  orderedAt: number;
}

/**
 * Dokploy's REST API (its openapi.json; seen with v0.30.2). Every call obeys its signal and ends within its time limit. Reads are asked
 * again a few times, and so are calls whose repetition changes nothing more; `createProject`, `createApplication`, `createDomain` and
 * `deploy` are sent once, because after a lost answer only a look tells whether they happened.
 * Throws AppError: "remote-refused" (401, 403, 400), "not-found" (404), "conflict" (409), "remote-busy" (429), "remote-failed" (5xx),
 * "remote-odd" (an answer we do not understand), "unreachable", "timed-out", "cancelled". The API key is in none of them.
 */
export interface Dokploy {
  /** The API's address, ending in a slash. */
  readonly baseUrl: URL;
  /** All projects that the key may see. */
  projects(signal: AbortSignal): Promise<Project[]>;
  /** Names are not unique: the same name again makes a second project. */
  createProject(
    wish: { name: string; description: string },
    signal: AbortSignal,
  ): Promise<{ projectId: string; environmentId: string | null }>;
  /** Removes rows only: services that still run stay behind, so remove its applications first. A project that is gone is no error. */
  removeProject(projectId: string, signal: AbortSignal): Promise<void>;
  environments(projectId: string, signal: AbortSignal): Promise<Environment[]>;
  /** Names are not unique; Dokploy refuses "production". */
  createEnvironment(
    wish: { name: string; projectId: string; description: string },
    signal: AbortSignal,
  ): Promise<Environment>;
  /** Removes rows only, like removeProject. One that is gone is no error. */
  removeEnvironment(environmentId: string, signal: AbortSignal): Promise<void>;
  /** The servers that the key may deploy to, besides Dokploy's own. */
  servers(signal: AbortSignal): Promise<Server[]>;
  applications(projectId: string, environmentId: string, signal: AbortSignal): Promise<Application[]>;
  composes(projectId: string, environmentId: string, signal: AbortSignal): Promise<Compose[]>;
  application(applicationId: string, signal: AbortSignal): Promise<ApplicationDetails>;
  compose(composeId: string, signal: AbortSignal): Promise<ComposeDetails>;
  /** Names are not unique; `appName` gets a random ending. */
  createApplication(wish: NewService, signal: AbortSignal): Promise<Application>;
  /** The same for a compose service of a file that is pasted. */
  createCompose(wish: NewService, signal: AbortSignal): Promise<Compose>;
  /** Sets what is given and leaves the rest as it is. */
  change(one: Deployable, columns: Partial<Columns>, signal: AbortSignal): Promise<void>;
  /** Mounts a Docker volume, which Docker makes when it is not there. The same again makes a second mount. */
  addVolume(
    applicationId: string,
    wish: { volumeName: string; mountPath: string },
    signal: AbortSignal,
  ): Promise<void>;
  /** The volume itself stays, with all that it holds. A mount that is gone is no error. */
  removeMount(mountId: string, signal: AbortSignal): Promise<void>;
  /** Also ends what runs of it and removes its domains and logs; volumes stay. One that is gone is no error. */
  remove(one: Deployable, signal: AbortSignal): Promise<void>;
  domains(of: Deployable, signal: AbortSignal): Promise<Domain[]>;
  /** A host that another application uses is accepted all the same. Of a compose service it leads somewhere after its next deployment. */
  createDomain(wish: NewDomain, signal: AbortSignal): Promise<Domain>;
  /** A domain that is gone is no error. */
  removeDomain(domainId: string, signal: AbortSignal): Promise<void>;
  /** Whether the server's name server finds a host. */
  lookUp(host: string, signal: AbortSignal): Promise<{ found: boolean; said: string }>;
  /** Queues a deployment. Dokploy does not say which: it is found again by its title. */
  deploy(one: Deployable, wish: { title: string; description: string }, signal: AbortSignal): Promise<void>;
  /** The containers of an application's service, newest first; the key's owner needs the right to see Docker. */
  tasks(service: Placed, signal: AbortSignal): Promise<Task[]>;
  /** The containers of a compose service, those among them that have ended. */
  containers(service: Placed, signal: AbortSignal): Promise<Container[]>;
  /** The last lines that an application's containers wrote. */
  containerLog(applicationId: string, signal: AbortSignal): Promise<string[]>;
  /** The last lines that one container of a compose service wrote, by its name; Dokploy finds only those that run. */
  composeLog(composeId: string, container: string, signal: AbortSignal): Promise<string[]>;
  /** "v0.30.2" */
  version(signal: AbortSignal): Promise<string>;
  keyOwner(signal: AbortSignal): Promise<KeyOwner>;
  /** The last eleven, newest first. */
  deployments(of: Deployable, signal: AbortSignal): Promise<Deployment[]>;
  /** Deployments of all applications that wait for their turn or are under way, in the order in which they were ordered. */
  queue(signal: AbortSignal): Promise<QueuedJob[]>;
  /** Drops what waits in the queue for this one; what runs goes on. */
  dropQueued(of: Deployable, signal: AbortSignal): Promise<void>;
  /** The last lines of a deployment's log. */
  deploymentLog(deploymentId: string, signal: AbortSignal): Promise<string[]>;
  /** The request that changes something, to show it to a person before. */
  request(call: string, body: Readonly<Record<string, unknown>>): string;
}
