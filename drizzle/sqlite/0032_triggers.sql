CREATE TABLE `firings` (
	`trigger_id` text NOT NULL,
	`key` text NOT NULL,
	`n` integer NOT NULL,
	`at` integer NOT NULL,
	`became` text NOT NULL,
	`is_outcome` integer NOT NULL,
	`because` text,
	`run_id` text,
	`due_at` integer,
	`after_run_id` text,
	`body` text,
	`asked` text NOT NULL,
	PRIMARY KEY(`trigger_id`, `key`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `firings_number` ON `firings` (`trigger_id`,`n`);--> statement-breakpoint
CREATE INDEX `firings_outcomes` ON `firings` (`trigger_id`,`is_outcome`,`n`);--> statement-breakpoint
CREATE INDEX `firings_queued` ON `firings` (`became`,`at`);--> statement-breakpoint
CREATE TABLE `triggers` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`workflow_id` text NOT NULL,
	`follows` text,
	`mode` text NOT NULL,
	`values` text NOT NULL,
	`former` text,
	`secrets` text,
	`when` text NOT NULL,
	`proof` text,
	`former_until` integer,
	`maker_id` text NOT NULL,
	`made_at` integer NOT NULL,
	`since` integer NOT NULL,
	`pause_after` integer,
	`paused` text,
	`decided` integer,
	`next_at` integer,
	`revision` integer NOT NULL,
	`fired` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `triggers_name` ON `triggers` (`name`);--> statement-breakpoint
CREATE INDEX `triggers_follows` ON `triggers` (`follows`);--> statement-breakpoint
ALTER TABLE `runs` ADD `cause` text;