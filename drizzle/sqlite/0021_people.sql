CREATE TABLE `people` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	`joined_at` integer,
	`removed_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `people_name` ON `people` (`name_key`);--> statement-breakpoint
CREATE INDEX `people_age` ON `people` (`created_at`,`id`);--> statement-breakpoint
ALTER TABLE `api_tokens` ADD `person_id` text DEFAULT 'owner' NOT NULL;--> statement-breakpoint
CREATE INDEX `api_tokens_person` ON `api_tokens` (`person_id`);--> statement-breakpoint
ALTER TABLE `runs` ADD `starter` text DEFAULT 'owner' NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `person_id` text DEFAULT 'owner' NOT NULL;--> statement-breakpoint
CREATE INDEX `sessions_person` ON `sessions` (`person_id`);--> statement-breakpoint
ALTER TABLE `sign_in_links` ADD `person_id` text DEFAULT 'owner' NOT NULL;--> statement-breakpoint
CREATE INDEX `sign_in_links_person` ON `sign_in_links` (`person_id`);--> statement-breakpoint
INSERT INTO `people` (`id`, `name`, `name_key`, `role`, `created_at`, `joined_at`) VALUES ('owner', 'Owner', 'owner', 'admin', unixepoch() * 1000, unixepoch() * 1000);
