CREATE TABLE `cleaned` (
	`cleaning_id` integer NOT NULL,
	`workflow_id` text NOT NULL,
	`runs` integer NOT NULL,
	`logs` integer NOT NULL,
	`exports` integer NOT NULL,
	`bytes` integer NOT NULL,
	PRIMARY KEY(`cleaning_id`, `workflow_id`),
	FOREIGN KEY (`cleaning_id`) REFERENCES `cleanings`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `cleanings` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	`ended_at` integer,
	`files` integer DEFAULT 0 NOT NULL,
	`file_bytes` integer DEFAULT 0 NOT NULL,
	`freed_bytes` integer DEFAULT 0 NOT NULL,
	`problem` text
);
--> statement-breakpoint
CREATE INDEX `cleanings_end` ON `cleanings` (`ended_at`);--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `runs` ADD `trimmed_days` integer;--> statement-breakpoint
CREATE INDEX `runs_with_log` ON `runs` (`workflow_id`,`seq`) WHERE state not in ('queued', 'running', 'waiting', 'asking', 'paused', 'undoing') and (trimmed_days is null or ended_at > trimmed_at);