CREATE TABLE `estimates` (
	`run_id` text NOT NULL,
	`quarter` integer NOT NULL,
	`at` integer NOT NULL,
	`spent_ms` integer NOT NULL,
	`p10_ms` integer NOT NULL,
	`p50_ms` integer NOT NULL,
	`p90_ms` integer NOT NULL,
	`runs` integer NOT NULL,
	`raw` text NOT NULL,
	PRIMARY KEY(`run_id`, `quarter`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `steps` ADD `attempt_at` integer;--> statement-breakpoint
ALTER TABLE `steps` ADD `quiet_ms` integer DEFAULT 0 NOT NULL;