CREATE TABLE `access` (
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`access` text NOT NULL,
	PRIMARY KEY(`kind`, `id`)
);
--> statement-breakpoint
ALTER TABLE `exports` ADD `workflow_id` text DEFAULT '' NOT NULL;--> statement-breakpoint
UPDATE `exports` SET `workflow_id` = coalesce((SELECT `workflow_id` FROM `runs` WHERE `runs`.`id` = `exports`.`owner_run_id`), '');
