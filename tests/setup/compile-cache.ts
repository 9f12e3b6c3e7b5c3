import { enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

// For the many small programs that the stand-ins start: what one test had compiled the next need not.
enableCompileCache(join(tmpdir(), "milepost-tests-compiled"));
