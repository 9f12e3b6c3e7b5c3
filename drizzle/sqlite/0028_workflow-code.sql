ALTER TABLE `runs` ADD `code` text;--> statement-breakpoint
CREATE INDEX `runs_code` ON `runs` (`code`,`state`) WHERE "runs"."code" is not null;