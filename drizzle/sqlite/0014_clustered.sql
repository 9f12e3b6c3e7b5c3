-- Kept in the order of their key, these need no index beside the table: a change of a run writes a page less, and a run needs less room.
CREATE TABLE `__new_events` (
	`run_id` text NOT NULL,
	`n` integer NOT NULL,
	`at` integer NOT NULL,
	`type` text NOT NULL,
	`step_id` text,
	`data` text NOT NULL,
	PRIMARY KEY(`run_id`, `n`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_events`(`run_id`, `n`, `at`, `type`, `step_id`, `data`) SELECT `run_id`, `n`, `at`, `type`, `step_id`, `data` FROM `events` ORDER BY `run_id`, `n`;--> statement-breakpoint
DROP TABLE `events`;--> statement-breakpoint
ALTER TABLE `__new_events` RENAME TO `events`;--> statement-breakpoint
CREATE TABLE `__new_log_lines` (
	`run_id` text NOT NULL,
	`n` integer NOT NULL,
	`at` integer NOT NULL,
	`step_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`level` text NOT NULL,
	`text` text NOT NULL,
	`whole` text,
	PRIMARY KEY(`run_id`, `n`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_log_lines`(`run_id`, `n`, `at`, `step_id`, `attempt`, `level`, `text`, `whole`) SELECT `run_id`, `n`, `at`, `step_id`, `attempt`, `level`, `text`, `whole` FROM `log_lines` ORDER BY `run_id`, `n`;--> statement-breakpoint
DROP TABLE `log_lines`;--> statement-breakpoint
ALTER TABLE `__new_log_lines` RENAME TO `log_lines`;--> statement-breakpoint
CREATE TABLE `__new_told` (
	`run_id` text NOT NULL,
	`tenth` integer NOT NULL,
	`at` integer NOT NULL,
	`spent_ms` integer NOT NULL,
	`p10_ms` integer NOT NULL,
	`p50_ms` integer NOT NULL,
	`p90_ms` integer NOT NULL,
	`runs` integer NOT NULL,
	PRIMARY KEY(`run_id`, `tenth`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_told`(`run_id`, `tenth`, `at`, `spent_ms`, `p10_ms`, `p50_ms`, `p90_ms`, `runs`) SELECT `run_id`, `tenth`, `at`, `spent_ms`, `p10_ms`, `p50_ms`, `p90_ms`, `runs` FROM `told` ORDER BY `run_id`, `tenth`;--> statement-breakpoint
DROP TABLE `told`;--> statement-breakpoint
ALTER TABLE `__new_told` RENAME TO `told`;
