CREATE TABLE `told` (
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
);

--> statement-breakpoint
INSERT INTO `told` SELECT `run_id`, 0, `at`, `spent_ms`, `p10_ms`, `p50_ms`, `p90_ms`, `runs` FROM `estimates` WHERE `quarter` = 0;