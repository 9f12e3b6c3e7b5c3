CREATE TABLE `kept` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`of` text NOT NULL,
	`name` text NOT NULL,
	`what` text NOT NULL,
	`kept_at` integer NOT NULL,
	`kept_by` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `kept_same` ON `kept` (`kind`,`of`,`name`);--> statement-breakpoint
CREATE INDEX `kept_names` ON `kept` (`name`,`id`);--> statement-breakpoint
CREATE INDEX `runs_created` ON `runs` (`created_at`,`seq`);