ALTER TABLE `runs` ADD `number` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `former` text;--> statement-breakpoint
UPDATE `runs` SET `number` = `numbered`.`n` FROM (SELECT `id`, row_number() OVER (PARTITION BY `workflow_id` ORDER BY `seq`) AS `n` FROM `runs`) AS `numbered` WHERE `numbered`.`id` = `runs`.`id`;--> statement-breakpoint
CREATE UNIQUE INDEX `runs_number` ON `runs` (`workflow_id`,`number`);