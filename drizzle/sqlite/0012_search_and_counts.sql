CREATE TABLE `run_counts` (
	`state` text NOT NULL,
	`workflow_id` text NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`state`, `workflow_id`)
);
--> statement-breakpoint
DROP INDEX `exports_project`;--> statement-breakpoint
ALTER TABLE `exports` ADD `seq` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE `exports` SET `seq` = rowid;--> statement-breakpoint
CREATE UNIQUE INDEX `exports_seq` ON `exports` (`seq`);--> statement-breakpoint
CREATE INDEX `exports_status` ON `exports` (`status`,`seq`);--> statement-breakpoint
CREATE INDEX `exports_project` ON `exports` (`connection_id`,`org`,`project`,`analysis`,`status`);--> statement-breakpoint
DROP INDEX `runs_due`;--> statement-breakpoint
DROP INDEX `runs_workflow`;--> statement-breakpoint
DROP INDEX `runs_state`;--> statement-breakpoint
DROP INDEX `runs_of_workflow`;--> statement-breakpoint
ALTER TABLE `runs` ADD `seq` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE `runs` SET `seq` = rowid;--> statement-breakpoint
CREATE UNIQUE INDEX `runs_seq` ON `runs` (`seq`);--> statement-breakpoint
CREATE INDEX `runs_claimed` ON `runs` (`claimed_until`) WHERE "runs"."claimed_by" is not null;--> statement-breakpoint
CREATE INDEX `runs_changed` ON `runs` (`changed_at`,`id`) WHERE state not in ('queued', 'running', 'waiting', 'asking', 'paused', 'undoing');--> statement-breakpoint
CREATE INDEX `runs_due` ON `runs` (`wake_at`,`id`) WHERE "runs"."claimed_by" is null and "runs"."wake_at" is not null;--> statement-breakpoint
CREATE INDEX `runs_workflow` ON `runs` (`workflow_id`,`state`,`seq`);--> statement-breakpoint
CREATE INDEX `runs_state` ON `runs` (`state`,`seq`);--> statement-breakpoint
CREATE INDEX `runs_of_workflow` ON `runs` (`workflow_id`,`seq`);--> statement-breakpoint
CREATE INDEX `api_tokens_age` ON `api_tokens` (`created_at`);--> statement-breakpoint
CREATE INDEX `connections_age` ON `connections` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `connections_kind` ON `connections` (`kind`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE INDEX `sessions_token` ON `sessions` (`token_id`);--> statement-breakpoint
CREATE INDEX `sign_in_links_expiry` ON `sign_in_links` (`expires_at`);--> statement-breakpoint
INSERT INTO `run_counts` SELECT `state`, `workflow_id`, count(*) FROM `runs` GROUP BY `state`, `workflow_id`;
--> statement-breakpoint
CREATE TRIGGER `runs_counted` AFTER INSERT ON `runs` BEGIN
	INSERT INTO run_counts VALUES (new.state, new.workflow_id, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `runs_counted_anew` AFTER UPDATE OF `state` ON `runs` WHEN old.state <> new.state BEGIN
	UPDATE run_counts SET n = n - 1 WHERE state = old.state AND workflow_id = old.workflow_id;
	INSERT INTO run_counts VALUES (new.state, new.workflow_id, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `runs_no_longer_counted` AFTER DELETE ON `runs` BEGIN
	UPDATE run_counts SET n = n - 1 WHERE state = old.state AND workflow_id = old.workflow_id;
END;
--> statement-breakpoint
CREATE VIRTUAL TABLE `run_search` USING fts5(words, short, place, content='', contentless_delete=1, tokenize='trigram');
--> statement-breakpoint
INSERT INTO run_search (rowid, words, short, place) SELECT seq,
	title || char(10) || subject || char(10) || id,
	(SELECT group_concat(substr(t, key + 1, 1), char(31)) FROM (SELECT char(10) || title || char(10) || subject || char(10) AS t), json_each('[0' || replace(hex(zeroblob(length(t) - 1)), '00', ',0') || ']')),
	'/' || state || '/' || workflow_id || '/' FROM runs WHERE state IN ('completed', 'failed', 'cancelled', 'undone');
--> statement-breakpoint
CREATE TRIGGER `runs_found` AFTER INSERT ON `runs` WHEN new.state IN ('completed', 'failed', 'cancelled', 'undone') BEGIN
	INSERT INTO run_search (rowid, words, short, place) VALUES (new.seq,
	new.title || char(10) || new.subject || char(10) || new.id,
	(SELECT group_concat(substr(t, key + 1, 1), char(31)) FROM (SELECT char(10) || new.title || char(10) || new.subject || char(10) AS t), json_each('[0' || replace(hex(zeroblob(length(t) - 1)), '00', ',0') || ']')),
	'/' || new.state || '/' || new.workflow_id || '/');
END;
--> statement-breakpoint
CREATE TRIGGER `runs_found_anew` AFTER UPDATE OF title, subject, state ON `runs` WHEN (old.state IN ('completed', 'failed', 'cancelled', 'undone') OR new.state IN ('completed', 'failed', 'cancelled', 'undone')) AND (old.title IS NOT new.title OR old.subject IS NOT new.subject OR old.state IS NOT new.state) BEGIN
	DELETE FROM run_search WHERE rowid = old.seq AND old.state IN ('completed', 'failed', 'cancelled', 'undone');
	INSERT INTO run_search (rowid, words, short, place) SELECT new.seq,
	new.title || char(10) || new.subject || char(10) || new.id,
	(SELECT group_concat(substr(t, key + 1, 1), char(31)) FROM (SELECT char(10) || new.title || char(10) || new.subject || char(10) AS t), json_each('[0' || replace(hex(zeroblob(length(t) - 1)), '00', ',0') || ']')),
	'/' || new.state || '/' || new.workflow_id || '/' WHERE new.state IN ('completed', 'failed', 'cancelled', 'undone');
END;
--> statement-breakpoint
CREATE TRIGGER `runs_no_longer_found` AFTER DELETE ON `runs` WHEN old.state IN ('completed', 'failed', 'cancelled', 'undone') BEGIN
	DELETE FROM run_search WHERE rowid = old.seq;
END;
--> statement-breakpoint
CREATE VIRTUAL TABLE `export_search` USING fts5(words, short, place, content='', contentless_delete=1, tokenize='trigram');
--> statement-breakpoint
INSERT INTO export_search (rowid, words, short, place) SELECT seq,
	title || char(10) || coalesce(file_name, '') || char(10) || analysis || char(10) || org,
	(SELECT group_concat(substr(t, key + 1, 1), char(31)) FROM (SELECT char(10) || title || char(10) || coalesce(file_name, '') || char(10) || analysis || char(10) || org || char(10) AS t), json_each('[0' || replace(hex(zeroblob(length(t) - 1)), '00', ',0') || ']')),
	'/' || status || '/' FROM exports WHERE status IN ('ready', 'failed', 'deleted');
--> statement-breakpoint
CREATE TRIGGER `exports_found` AFTER INSERT ON `exports` WHEN new.status IN ('ready', 'failed', 'deleted') BEGIN
	INSERT INTO export_search (rowid, words, short, place) VALUES (new.seq,
	new.title || char(10) || coalesce(new.file_name, '') || char(10) || new.analysis || char(10) || new.org,
	(SELECT group_concat(substr(t, key + 1, 1), char(31)) FROM (SELECT char(10) || new.title || char(10) || coalesce(new.file_name, '') || char(10) || new.analysis || char(10) || new.org || char(10) AS t), json_each('[0' || replace(hex(zeroblob(length(t) - 1)), '00', ',0') || ']')),
	'/' || new.status || '/');
END;
--> statement-breakpoint
CREATE TRIGGER `exports_found_anew` AFTER UPDATE OF title, file_name, analysis, org, status ON `exports` WHEN (old.status IN ('ready', 'failed', 'deleted') OR new.status IN ('ready', 'failed', 'deleted')) AND (old.title IS NOT new.title OR old.file_name IS NOT new.file_name OR old.analysis IS NOT new.analysis OR old.org IS NOT new.org OR old.status IS NOT new.status) BEGIN
	DELETE FROM export_search WHERE rowid = old.seq AND old.status IN ('ready', 'failed', 'deleted');
	INSERT INTO export_search (rowid, words, short, place) SELECT new.seq,
	new.title || char(10) || coalesce(new.file_name, '') || char(10) || new.analysis || char(10) || new.org,
	(SELECT group_concat(substr(t, key + 1, 1), char(31)) FROM (SELECT char(10) || new.title || char(10) || coalesce(new.file_name, '') || char(10) || new.analysis || char(10) || new.org || char(10) AS t), json_each('[0' || replace(hex(zeroblob(length(t) - 1)), '00', ',0') || ']')),
	'/' || new.status || '/' WHERE new.status IN ('ready', 'failed', 'deleted');
END;
--> statement-breakpoint
CREATE TRIGGER `exports_no_longer_found` AFTER DELETE ON `exports` WHEN old.status IN ('ready', 'failed', 'deleted') BEGIN
	DELETE FROM export_search WHERE rowid = old.seq;
END;
