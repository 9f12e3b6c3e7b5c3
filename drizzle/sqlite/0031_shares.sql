CREATE TABLE `shares` (
	`id` text PRIMARY KEY NOT NULL,
	`secret_hash` text NOT NULL,
	`run_id` text NOT NULL,
	`made_by` text NOT NULL,
	`person_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`opened_at` integer,
	`files` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `shares_secret` ON `shares` (`secret_hash`);--> statement-breakpoint
CREATE INDEX `shares_run` ON `shares` (`run_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `shares_age` ON `shares` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `shares_expiry` ON `shares` (`expires_at`);--> statement-breakpoint
CREATE INDEX `shares_person` ON `shares` (`person_id`);