CREATE TABLE `scripts` (
	`id` text NOT NULL,
	`n` integer NOT NULL,
	`name` text NOT NULL,
	`about` text NOT NULL,
	`script` text NOT NULL,
	`inputs` text NOT NULL,
	`check` text NOT NULL,
	`undo` text NOT NULL,
	`as` text NOT NULL,
	`minutes` integer NOT NULL,
	`saved_at` integer NOT NULL,
	`saved_by` text NOT NULL,
	`is_offered` integer NOT NULL,
	PRIMARY KEY(`id`, `n`)
);
--> statement-breakpoint
CREATE INDEX `scripts_offered` ON `scripts` (`is_offered`,`name`,`id`);