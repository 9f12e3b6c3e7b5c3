-- What SQLite's triggers keep too: how many runs are in each state, what the words of those that are over find, and that the audit only grows; and the one person who is there from the beginning.
CREATE FUNCTION "runs_counted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		UPDATE "run_counts" SET n = n - 1 WHERE state = old.state AND workflow_id = old.workflow_id;
	END IF;
	IF TG_OP <> 'DELETE' THEN
		INSERT INTO "run_counts" VALUES (new.state, new.workflow_id, 1)
			ON CONFLICT (state, workflow_id) DO UPDATE SET n = "run_counts".n + 1;
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "runs_counted" AFTER INSERT OR DELETE ON "runs" FOR EACH ROW EXECUTE FUNCTION "runs_counted"();
--> statement-breakpoint
CREATE TRIGGER "runs_counted_anew" AFTER UPDATE OF state ON "runs" FOR EACH ROW WHEN (old.state <> new.state) EXECUTE FUNCTION "runs_counted"();
--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS pg_trgm;
--> statement-breakpoint
CREATE TABLE "run_search" ("seq" bigint PRIMARY KEY, "words" text NOT NULL, "place" text NOT NULL);
--> statement-breakpoint
CREATE INDEX "run_search_words" ON "run_search" USING gin ("words" gin_trgm_ops, "place" gin_trgm_ops);
--> statement-breakpoint
CREATE FUNCTION "runs_found"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		DELETE FROM "run_search" WHERE seq = old.seq;
	END IF;
	IF TG_OP <> 'DELETE' AND new.family IS NULL AND new.state IN ('completed', 'failed', 'cancelled', 'undone') THEN
		INSERT INTO "run_search" VALUES (new.seq, lower((new.title || chr(10) || new.subject || chr(10) || new.id) COLLATE "und-x-icu"), '/' || new.state || '/' || new.workflow_id || '/');
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "runs_found" AFTER INSERT OR DELETE ON "runs" FOR EACH ROW EXECUTE FUNCTION "runs_found"();
--> statement-breakpoint
CREATE TRIGGER "runs_found_anew" AFTER UPDATE OF title, subject, state ON "runs" FOR EACH ROW EXECUTE FUNCTION "runs_found"();
--> statement-breakpoint
CREATE TABLE "export_search" ("seq" bigint PRIMARY KEY, "words" text NOT NULL, "place" text NOT NULL);
--> statement-breakpoint
CREATE INDEX "export_search_words" ON "export_search" USING gin ("words" gin_trgm_ops, "place" gin_trgm_ops);
--> statement-breakpoint
CREATE FUNCTION "exports_found"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		DELETE FROM "export_search" WHERE seq = old.seq;
	END IF;
	IF TG_OP <> 'DELETE' AND new.status IN ('ready', 'failed', 'deleted') THEN
		INSERT INTO "export_search" VALUES (new.seq, lower((new.title || chr(10) || coalesce(new.file_name, '') || chr(10) || new.analysis || chr(10) || new.org) COLLATE "und-x-icu"), '/' || new.status || '/');
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "exports_found" AFTER INSERT OR DELETE ON "exports" FOR EACH ROW EXECUTE FUNCTION "exports_found"();
--> statement-breakpoint
CREATE TRIGGER "exports_found_anew" AFTER UPDATE OF title, file_name, analysis, org, status ON "exports" FOR EACH ROW EXECUTE FUNCTION "exports_found"();
--> statement-breakpoint
CREATE FUNCTION "audit_only_grows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'UPDATE' THEN RAISE 'no entry of the audit is ever changed'; END IF;
	IF TG_OP = 'INSERT' AND new.id > coalesce((SELECT max(id) FROM "audit"), 0) THEN RETURN new; END IF;
	IF TG_OP = 'INSERT' THEN RAISE 'an entry of the audit is only ever added behind the last'; END IF;
	RAISE 'no entry of the audit is ever removed';
END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_only_grows" BEFORE INSERT OR UPDATE OR DELETE ON "audit" FOR EACH ROW EXECUTE FUNCTION "audit_only_grows"();
--> statement-breakpoint
CREATE TRIGGER "audit_is_never_emptied" BEFORE TRUNCATE ON "audit" EXECUTE FUNCTION "audit_only_grows"();
--> statement-breakpoint
INSERT INTO "people" ("id", "name", "name_key", "role", "created_at", "joined_at")
	VALUES ('owner', 'Owner', 'owner', 'admin', extract(epoch FROM now())::bigint * 1000, extract(epoch FROM now())::bigint * 1000);
