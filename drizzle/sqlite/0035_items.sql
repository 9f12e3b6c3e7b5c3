CREATE TABLE `items` (
	`run_id` text NOT NULL,
	`step_id` text NOT NULL,
	`round` integer NOT NULL,
	`position` integer NOT NULL,
	`key` text NOT NULL,
	`title` text NOT NULL,
	`input` text,
	`wave` integer NOT NULL,
	`state` text NOT NULL,
	`child_id` text,
	`error` text,
	PRIMARY KEY(`run_id`, `step_id`, `round`, `position`)
);
--> statement-breakpoint
CREATE INDEX `items_state` ON `items` (`run_id`,`step_id`,`round`,`state`,`position`);--> statement-breakpoint
DROP INDEX `runs_state`;--> statement-breakpoint
ALTER TABLE `runs` ADD `parent` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `family` text;--> statement-breakpoint
CREATE INDEX `runs_listed` ON `runs` (`seq`) WHERE "runs"."family" is null;--> statement-breakpoint
CREATE INDEX `runs_family` ON `runs` (`family`) WHERE "runs"."family" is not null and "runs"."claimed_by" is not null;--> statement-breakpoint
CREATE INDEX `runs_state` ON `runs` (`state`,`seq`) WHERE "runs"."family" is null;--> statement-breakpoint
DROP TRIGGER `runs_found`;
--> statement-breakpoint
CREATE TRIGGER `runs_found` AFTER INSERT ON `runs` WHEN new.family IS NULL AND new.state IN ('completed', 'failed', 'cancelled', 'undone') BEGIN
	INSERT INTO run_search (rowid, words, short, place) VALUES (new.seq,
	new.title || char(10) || new.subject || char(10) || new.id,
	(SELECT group_concat(substr(t, key + 1, 1), char(31)) FROM (SELECT char(10) || new.title || char(10) || new.subject || char(10) AS t), json_each('[0' || replace(hex(zeroblob(length(t) - 1)), '00', ',0') || ']')),
	'/' || new.state || '/' || new.workflow_id || '/');
END;
--> statement-breakpoint
DROP TRIGGER `runs_found_anew`;
--> statement-breakpoint
CREATE TRIGGER `runs_found_anew` AFTER UPDATE OF title, subject, state ON `runs` WHEN new.family IS NULL AND (old.state IN ('completed', 'failed', 'cancelled', 'undone') OR new.state IN ('completed', 'failed', 'cancelled', 'undone')) AND (old.title IS NOT new.title OR old.subject IS NOT new.subject OR old.state IS NOT new.state) BEGIN
	DELETE FROM run_search WHERE rowid = old.seq AND old.state IN ('completed', 'failed', 'cancelled', 'undone');
	INSERT INTO run_search (rowid, words, short, place) SELECT new.seq,
	new.title || char(10) || new.subject || char(10) || new.id,
	(SELECT group_concat(substr(t, key + 1, 1), char(31)) FROM (SELECT char(10) || new.title || char(10) || new.subject || char(10) AS t), json_each('[0' || replace(hex(zeroblob(length(t) - 1)), '00', ',0') || ']')),
	'/' || new.state || '/' || new.workflow_id || '/' WHERE new.state IN ('completed', 'failed', 'cancelled', 'undone');
END;
--> statement-breakpoint
DROP TRIGGER `runs_no_longer_found`;
--> statement-breakpoint
CREATE TRIGGER `runs_no_longer_found` AFTER DELETE ON `runs` WHEN old.family IS NULL AND old.state IN ('completed', 'failed', 'cancelled', 'undone') BEGIN
	DELETE FROM run_search WHERE rowid = old.seq;
END;
