CREATE TABLE `starts` (
	`by` text NOT NULL,
	`key` text NOT NULL,
	`asked` text NOT NULL,
	`run_id` text NOT NULL,
	PRIMARY KEY(`by`, `key`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `starts_run` ON `starts` (`run_id`);