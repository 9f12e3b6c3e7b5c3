import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ExecError } from "#connectors/ssh/exec-result.ts";
import { HostKeyError } from "#connectors/ssh/host-key.ts";
import { createSshPool, type Ssh, type SshPool } from "#connectors/ssh/pool.ts";
import { command, quote } from "#connectors/ssh/quote.ts";
import type { SshTarget } from "#connectors/ssh/target.ts";
import { AppError } from "#core/errors.ts";
import { type Network, startNetwork } from "./network.ts";
import { makeKey } from "./sshd.ts";

/** A machine to run the contract on. It must share the test's file system. */
export interface Machine {
  port: number;
  user: string;
  privateKey: string;
  /** What a person would pin. */
  hostKey: string;
  fingerprint: string;
  /** A folder on it that the test may fill, also by SFTP. */
  dir: string;
  close(): Promise<void>;
}

export const never = new AbortController().signal;

/** What every SSH server must let our connector promise. */
export const sshContract = (
  name: string,
  start: () => Promise<Machine>,
  client: "own" | "openssh" = "own",
  of: "all" | "machine" = "all",
): void => {
  /** What the connector alone decides is shown on one machine, by each of its clients. */
  const ofConnector = (title: string, cases: () => void) => {
    if (of === "all") describe(title, cases);
  };
  describe(`the SSH connector on ${name}`, () => {
    let machine: Machine;
    let network: Network;
    let pool: SshPool;
    let ssh: Ssh;
    let dir: string;
    let keys: string;
    const target = (change: Partial<SshTarget> = {}): SshTarget => ({
      name: "node1",
      host: "127.0.0.1",
      port: network.port,
      user: machine.user,
      auth: { privateKey: machine.privateKey },
      hostKey: machine.hostKey,
      ...(client === "own"
        ? {}
        : {
            openssh: {
              ...{ alias: "127.0.0.1", configFile: null },
              given: { port: network.port, user: machine.user },
            },
          }),
      ...change,
    });
    const run = (text: string) => ssh.exec(text, { signal: never });
    const failure = (promise: Promise<unknown>): Promise<AppError> =>
      promise.then(
        () => expect.unreachable("it should have failed"),
        (thrown) => thrown as AppError,
      );
    const other = async (change: Partial<SshTarget>) => {
      using lease = pool.lease(`other${Math.random()}`, target(change), null);
      return failure(lease.exec("true", { signal: never }));
    };

    beforeAll(async () => {
      machine = await start();
      keys = mkdtempSync(join(tmpdir(), "milepost-keys-"));
    });
    afterAll(async () => {
      await machine.close();
      rmSync(keys, { recursive: true });
    });
    beforeEach(async () => {
      network = await startNetwork(machine.port);
      pool = createSshPool();
      ssh = pool.lease("node1", target(), null);
      dir = mkdtempSync(join(machine.dir, "case-"));
    });
    afterEach(async () => {
      await pool.close();
      await network.close();
    });

    describe("exec", () => {
      it("gives both outputs and the exit code, whatever the code", async () => {
        expect(await run("printf out; printf 'no\\nway' >&2; exit 7")).toMatchObject({
          ...{
            code: 7,
            signal: null,
            stdout: "out",
            stderr: "no\nway",
            truncated: false,
            noise: "",
            stop: null,
          },
        });
      });

      it("names the signal that ended a command", async () => {
        expect(await run("kill -KILL $$")).toMatchObject({ code: null, signal: "KILL" });
      });

      it("gives out lines while the command runs", async () => {
        const go = join(dir, "go");
        const lines: string[] = [];
        const onStdout = (line: string) => {
          lines.push(line);
          if (line === "one") writeFileSync(go, "");
        };
        const text = `echo one; while [ ! -e ${quote(go)} ]; do sleep 0.02; done; printf 'two\\nthree'; echo e >&2`;
        const errors: string[] = [];
        await ssh.exec(text, { signal: never, onStdout, onStderr: (line) => errors.push(line) });
        expect(lines).toEqual(["one", "two", "three"]);
        expect(errors).toEqual(["e"]);
      });

      it("hands arguments over unchanged", async () => {
        const odd = ["", " ", "it's", '"$HOME" `id` \\n', "a\nb", "-n", "*", "~", "#é🦔", "!x", "if"];
        const { stdout } = await run(command(["printf", "%s\\0", ...odd]));
        expect(stdout.split("\0").slice(0, -1)).toEqual(odd);
      });

      it("sets the environment that was asked for", async () => {
        const env = { GREETING: "it's $HOME", OTHER: "" };
        const { stdout } = await ssh.exec('printf %s "$GREETING[$OTHER]"', { signal: never, env });
        expect(stdout).toBe("it's $HOME[]");
      });

      it("gives a secret by stdin alone: nobody sees it in the list of processes", async () => {
        const secret = `s3cret-${Math.random()}`;
        const [kept, go] = [join(dir, "kept"), join(dir, "go")];
        const text = `cat > ${quote(kept)}; while [ ! -e ${quote(go)} ]; do sleep 0.02; done`;
        const running = ssh.exec(text, { signal: never, stdin: secret });
        await vi.waitFor(() => expect(readFileSync(kept, "utf8")).toBe(secret), { timeout: 50_000 });
        const processes = execFileSync("ps", ["-A", "-ww", "-o", "args"], { encoding: "utf8" });
        writeFileSync(go, "");
        await running;
        expect(processes).toContain(kept);
        expect(processes).not.toContain(secret);
      });

      it("reads no input when none is given", async () => {
        expect(await run("cat; echo done")).toMatchObject({ stdout: "done\n" });
      });

      it("keeps the beginning of an output that is too long for it, while the lines go on", async () => {
        const lines: string[] = [];
        const onStdout = (line: string) => lines.push(line);
        const text = "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done";
        const { stdout, truncated } = await ssh.exec(text, { signal: never, maxOutputBytes: 12, onStdout });
        expect(stdout).toBe("line 0\nline ");
        expect(truncated).toBe(true);
        expect(lines.length).toBe(2_000);
      });

      it("ends a command that writes without end to nobody", async () => {
        const error = await failure(ssh.exec("yes", { signal: never, maxOutputBytes: 100_000 }));
        expect(error).toMatchObject({ code: "too-large", result: { stop: { confirmed: true } } });
        expect(error.message).toContain("“yes” wrote more than can be kept of it.");
      });

      it("does not wait for what a command leaves behind", async () => {
        const { stdout, code } = await run("sleep 300 & echo $!");
        expect(code).toBe(0);
        endIfThere(Number(stdout));
      });

      it("runs 50 commands at once over one connection", async () => {
        const results = await Promise.all(Array.from({ length: 50 }, (_, i) => run(`echo ${i}; exit ${i}`)));
        expect(results.map(({ stdout, code }) => [stdout, code])).toEqual(
          Array.from({ length: 50 }, (_, i) => [`${i}\n`, i]),
        );
        expect(network.made()).toBe(1);
      });
    });

    describe("stopping", () => {
      const pidsIn = (file: string) => readFileSync(file, "utf8").trim().split("\n").map(Number);

      it("ends the command and what it started when its time is over", async () => {
        const file = join(dir, "pids");
        const text = `sleep 1000 & echo $! > ${quote(file)}; echo $$ >> ${quote(file)}; echo up; wait`;
        const error = await failure(ssh.exec(text, { signal: never, timeoutMs: 500 }));
        expect(error).toBeInstanceOf(ExecError);
        expect(error).toMatchObject({
          code: "timed-out",
          canPass: false,
          message: expect.stringContaining(
            "did not end within 0.5 s. It was ended on node1 (SIGTERM) and is gone.",
          ),
          result: {
            stdout: "up\n",
            stop: { asked: "timed-out", signalSent: "TERM", confirmed: true, reason: null },
          },
        });
        expect(pidsIn(file).filter(isThere)).toEqual([]);
      });

      it("ends a command that ignores SIGTERM when it is cancelled", async () => {
        const cancel = new AbortController();
        let pid = 0;
        const onStdout = (line: string) => {
          pid = Number(line);
          cancel.abort();
        };
        const text = "trap '' TERM; echo $$; while :; do sleep 0.1; done";
        const error = await failure(ssh.exec(text, { signal: cancel.signal, onStdout }));
        expect(error).toMatchObject({
          code: "cancelled",
          result: { stop: { asked: "cancelled", signalSent: "KILL", confirmed: true } },
        });
        expect(pid).toBeGreaterThan(0);
        expect(isThere(pid)).toBe(false);
      });

      it("ends what the command started in a session of its own, too", async () => {
        const file = join(dir, "pids");
        const text = `setsid sleep 1000 & echo $! > ${quote(file)}; echo up; wait`;
        const error = await failure(ssh.exec(text, { signal: never, timeoutMs: 500 }));
        expect(error).toMatchObject({ result: { stop: { confirmed: true } } });
        expect(pidsIn(file).filter(isThere)).toEqual([]);
      });

      it("does not vouch for what the command had set apart before it was ended", async () => {
        const file = join(dir, "pids");
        const apart = quote(`sleep 1000 & echo $! > ${quote(file)}`);
        const text = `setsid sh -c ${apart}; while [ ! -s ${quote(file)} ]; do sleep 0.02; done; sleep 1000`;
        const error = await failure(ssh.exec(text, { signal: never, timeoutMs: 500 }));
        const [pid = 0] = pidsIn(file);
        expect(error.unconfirmed).toBe(
          `the command is gone, but something that it had set apart still runs there (process ${pid}).`,
        );
        expect(isThere(pid)).toBe(true);
        endIfThere(pid);
      });

      it("never begins a command that was cancelled before", async () => {
        const file = join(dir, "ran");
        const error = await failure(ssh.exec(`: > ${quote(file)}`, { signal: AbortSignal.abort() }));
        expect(error.code).toBe("cancelled");
        expect(existsSync(file)).toBe(false);
      });

      it("still cancels within its limits while all channels are taken", async () => {
        const cancel = new AbortController();
        let up = 0;
        const onStdout = () => {
          if (++up === 8) cancel.abort();
        };
        const all = await Promise.allSettled(
          Array.from({ length: 12 }, () =>
            ssh.exec("echo up; sleep 1000", { signal: cancel.signal, onStdout }),
          ),
        );
        expect(all.map((one) => (one.status === "rejected" ? one.reason.code : "done"))).toEqual(
          Array.from({ length: 12 }, () => "cancelled"),
        );
        const begun = all.flatMap((one) =>
          one.status === "rejected" && one.reason instanceof ExecError
            ? [one.reason.result.stop?.confirmed]
            : [],
        );
        expect(begun).toEqual(Array.from({ length: 8 }, () => true));
      });
    });

    ofConnector("a run", () => {
      const told = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
      const lendTo = (of: object = {}) => {
        const log: string[] = [];
        // Another pool knows as little as a server that was started anew.
        const own = createSshPool();
        const step = { runId: "run1", stepId: "step1", log: (line: string) => log.push(line), ...of };
        return { log, own, ssh: own.lease("node1", target(), step) };
      };
      /** Begins a command and forgets it, as kill -9 does. */
      const abandon = async (file: string, text: string, timeoutMs?: number) => {
        const { ssh, own } = lendTo();
        const lost = failure(
          ssh.exec(text, { signal: never, ...(timeoutMs === undefined ? {} : { timeoutMs }) }),
        );
        await vi.waitFor(() => expect(told(file).length).toBeGreaterThan(1), { timeout: 50_000 });
        network.cut();
        await lost;
        await own.close();
      };

      it("never has two attempts at work at once: the one that outlived its server is waited for", async () => {
        const [file, go] = [join(dir, "ticks"), join(dir, "go")];
        // It works on, whatever becomes of its outputs, until the next attempt is known to wait for it.
        await abandon(
          file,
          `trap '' HUP PIPE; until [ -e ${quote(go)} ]; do echo old >> ${quote(file)}; sleep 0.05; done`,
        );
        const log: string[] = [];
        const waits = (line: string) => {
          log.push(line);
          writeFileSync(go, "");
        };
        const { ssh, own } = lendTo({ log: waits });
        await ssh.exec(`for i in 1 2 3 4 5; do echo new >> ${quote(file)}; sleep 0.1; done`, {
          signal: never,
        });
        const all = told(file);
        expect(all.slice(all.indexOf("new"))).toEqual(Array.from({ length: 5 }, () => "new"));
        expect(log.join(" ")).toMatch(
          /still works on node1 \(process \d+, step step1\).*has come to its end/,
        );
        await own.close();
      });

      it("ends an earlier attempt whose time is over, with all that it started, before the next one", async () => {
        const file = join(dir, "ticks");
        const text = `setsid sh -c ${quote(`while :; do echo old >> ${quote(file)}; sleep 0.05; done`)}`;
        await abandon(file, text, 1_500);
        const { ssh, own, log } = lendTo({ stepId: "step2", attempt: 2 });
        const { stdout } = await ssh.exec(`wc -l < ${quote(file)}; sleep 0.3; wc -l < ${quote(file)}`, {
          signal: never,
        });
        const [before, after] = stdout.trim().split("\n");
        expect(after).toBe(before);
        expect(log.join(" ")).toMatch(/was ended on node1 \(SIG(TERM|KILL)\) and is gone/);
        await own.close();
      });

      it("ends the earlier attempt when it is cancelled while it waits for it", async () => {
        const file = join(dir, "ticks");
        await abandon(file, `while :; do echo $$ >> ${quote(file)}; sleep 0.05; done`);
        const cancel = new AbortController();
        const { ssh, own } = lendTo({ log: () => cancel.abort() });
        const lost = failure(ssh.exec("true", { signal: cancel.signal }));
        expect(await lost).toMatchObject({ code: "cancelled", unconfirmed: undefined });
        expect(isThere(Number(told(file)[0]))).toBe(false);
        await own.close();
      });

      it("does not take what a finished command left running for an earlier attempt", async () => {
        const { ssh, own } = lendTo();
        const { stdout } = await ssh.exec("( while :; do sleep 1; done ) >/dev/null 2>&1 & echo $!", {
          signal: never,
        });
        const next = lendTo();
        await next.ssh.exec("true", { signal: never });
        expect(next.log).toEqual([]);
        endIfThere(Number(stdout));
        await next.own.close();
        await own.close();
      });
    });

    ofConnector("a broken connection", () => {
      it("in the middle of a command says that the effect is not known, and does not run it again", async () => {
        const file = join(dir, "count");
        const onStdout = () => network.cut();
        const text = `echo x >> ${quote(file)}; echo up; sleep 1000`;
        const error = await failure(ssh.exec(text, { signal: never, onStdout }));
        expect(error).toMatchObject({
          code: "unreachable",
          canPass: false,
          result: { stdout: "up\n", stop: null },
        });
        expect(error.message).toMatch(
          /^The connection to node1 broke while “.*” ran; whether it took effect is not known\.$/,
        );
        expect(await run(`cat ${quote(file)}`)).toMatchObject({ stdout: "x\n" });
      });

      it("is made anew when nothing ran, without anybody noticing", async () => {
        await run("true");
        network.cut();
        expect(await run("echo again")).toMatchObject({ stdout: "again\n" });
        expect(network.made()).toBe(2);
      });

      it("does not hide a command that is cancelled meanwhile: it is looked for over a new connection", async () => {
        const cancel = new AbortController();
        const file = join(dir, "pid");
        // The first channel that is opened after the cut belongs to the stop itself.
        const onStdout = () => {
          cancel.abort();
          network.cut();
        };
        const text = `echo $$ > ${quote(file)}; echo up; while :; do sleep 0.1; done`;
        const error = await failure(ssh.exec(text, { signal: cancel.signal, onStdout }));
        expect(error).toMatchObject({ code: "cancelled", result: { stop: { confirmed: true } } });
        expect(isThere(Number(readFileSync(file, "utf8")))).toBe(false);
      });
    });

    describe("signing in", () => {
      it("refuses a key that the server does not know, with what the server accepts", async () => {
        const privateKey = readFileSync(makeKey(join(keys, "stranger")), "utf8");
        const error = await other({ auth: { privateKey } });
        expect(error).toMatchObject({ code: "remote-refused", canPass: false, field: "privateKey" });
        expect(error.message).toContain("The server accepts: publickey.");
      });

      it("says the methods when only a password is given", async () => {
        const error = await other({ auth: { password: "guess" } });
        expect(error.message).toContain("Tried: password. The server accepts: publickey.");
      });

      it("opens an encrypted key with its passphrase, and says what is wrong without", async () => {
        const path = join(keys, "encrypted");
        writeFileSync(path, machine.privateKey, { mode: 0o600 });
        execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "open sesame", "-f", path]);
        const privateKey = readFileSync(path, "utf8");
        using opened = pool.lease(
          "encrypted",
          target({ auth: { privateKey, passphrase: "open sesame" } }),
          null,
        );
        expect(await opened.exec("echo in", { signal: never })).toMatchObject({ stdout: "in\n" });
        expect(await other({ auth: { privateKey } })).toMatchObject({
          code: "bad-input",
          field: "passphrase",
        });
        expect((await other({ auth: { privateKey, passphrase: "wrong" } })).message).toBe(
          "The passphrase does not open the private key.",
        );
      });

      it("says that nothing listens, and that this may pass", async () => {
        const { port } = network;
        await network.close();
        const error = await failure(ssh.exec("true", { signal: never }));
        expect(error).toMatchObject({ code: "unreachable", canPass: true });
        expect(error.message).toContain(`@127.0.0.1:${port}) refuses connections`);
        network = await startNetwork(machine.port);
      });
    });

    describe("the host key", () => {
      it("is never trusted at first contact: the error carries the fingerprint to compare", async () => {
        const error = await other({ hostKey: "" });
        expect(error).toBeInstanceOf(HostKeyError);
        expect(error).toMatchObject({ code: "forbidden", why: "unknown", fingerprint: machine.fingerprint });
        expect(error.message).toContain(machine.fingerprint);
      });

      it("that changed refuses and names both fingerprints", async () => {
        const pinned = `SHA256:${"a".repeat(43)}`;
        const error = await other({ hostKey: pinned });
        expect(error).toMatchObject({ code: "forbidden", why: "changed" });
        expect(error.message).toContain(`pinned is ${pinned}, the server shows ${machine.fingerprint}`);
      });

      it("is accepted by its fingerprint alone", async () => {
        using lease = pool.lease("by-fingerprint", target({ hostKey: machine.fingerprint }), null);
        expect(await lease.exec("echo in", { signal: never })).toMatchObject({ stdout: "in\n" });
      });
    });

    describe("files", () => {
      const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));

      it("come back as they were sent, with mode and hash, and replace what was there", async () => {
        const path = join(dir, "it's a file");
        await ssh.upload("before", path, { mode: 0o644, signal: never });
        const uploaded = await ssh.upload(bytes, path, { mode: 0o600, signal: never });
        const sha256 = execFileSync("sha256sum", [path], { encoding: "utf8" }).replace(
          /^\\?([0-9a-f]+).*/s,
          "$1",
        );
        expect(uploaded).toEqual({ path, sizeBytes: 100_000, mode: 0o600, sha256 });
        expect(statSync(path).mode & 0o777).toBe(0o600);
        expect((await ssh.read(path, { signal: never })).equals(bytes)).toBe(true);
        expect(await ssh.stat(path, never)).toMatchObject({ kind: "file", mode: 0o600, sizeBytes: 100_000 });
        expect((await run(`ls ${quote(dir)}`)).stdout).toBe("it's a file\n");
      });

      it("get exactly the mode that was asked for, whatever the server's umask", async () => {
        const path = join(dir, "open to all");
        await ssh.upload("x", path, { mode: 0o777, signal: never });
        expect(statSync(path).mode & 0o777).toBe(0o777);
      });

      it("may be empty", async () => {
        const path = join(dir, "empty");
        await ssh.upload("", path, { mode: 0o640, signal: never });
        expect((await ssh.read(path, { signal: never })).length).toBe(0);
        expect(statSync(path).mode & 0o777).toBe(0o640);
      });

      it("that are not there are said to be so", async () => {
        const path = join(dir, "missing");
        expect(await ssh.stat(path, never)).toBeNull();
        expect(await ssh.exists(path, never)).toBe(false);
        expect(await ssh.remove(path, never)).toBe(false);
        expect(await failure(ssh.read(path, { signal: never }))).toMatchObject({ code: "not-found" });
        const lost = ssh.upload("x", join(dir, "no", "folder"), { mode: 0o600, signal: never });
        expect(await failure(lost)).toMatchObject({ code: "not-found" });
      });

      it("are removed, and not read beyond the limit", async () => {
        const path = join(dir, "file");
        await ssh.upload(bytes, path, { mode: 0o600, signal: never });
        expect(await failure(ssh.read(path, { signal: never, maxBytes: 99_999 }))).toMatchObject({
          code: "too-large",
        });
        expect(await ssh.remove(path, never)).toBe(true);
        expect(existsSync(path)).toBe(false);
      });
    });

    ofConnector("the pool", () => {
      it("keeps a connection warm for the next one and closes it when nobody comes", async () => {
        const short = createSshPool({ idleMs: 300 });
        const before = network.made();
        for (const _ of [1, 2]) {
          using lease = short.lease("a", target(), null);
          await lease.exec("true", { signal: never });
        }
        expect(network.made() - before).toBe(1);
        await vi.waitFor(() => expect(network.open()).toBe(0), { timeout: 50_000 });
        await short.close();
      });

      it("takes a changed target for a new machine", async () => {
        using first = pool.lease("b", target(), null);
        await first.exec("true", { signal: never });
        using second = pool.lease("b", target({ hostKey: "" }), null);
        expect(await failure(second.exec("true", { signal: never }))).toMatchObject({ code: "forbidden" });
        expect(await first.exec("echo still", { signal: never })).toMatchObject({ stdout: "still\n" });
      });

      it("leaves no connection open when it is closed", async () => {
        await run("true");
        expect(network.open()).toBe(1);
        await pool.close();
        await vi.waitFor(() => expect(network.open()).toBe(0), 50_000);
        expect(() => pool.lease("c", target(), null)).toThrow(AppError);
      });
    });
  });
};

export const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie is dead; only its parent has not looked yet.
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
};

const endIfThere = (pid: number): void => {
  if (isThere(pid)) process.kill(pid, "SIGKILL");
};
