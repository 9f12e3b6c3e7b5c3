CREATE TABLE `deleted_numbers` (
	`workflow_id` text PRIMARY KEY NOT NULL,
	`highest` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `runs` ADD `trimmed_at` integer;--> statement-breakpoint
CREATE INDEX `exports_owner` ON `exports` (`owner_run_id`);--> statement-breakpoint
CREATE INDEX `hand_overs_run` ON `hand_overs` (`run_id`);