ALTER TABLE `runs` ADD `turn` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `turn_place` integer;--> statement-breakpoint
ALTER TABLE `runs` ADD `behind` text;--> statement-breakpoint
CREATE INDEX `runs_turn` ON `runs` (`turn`,`turn_place`) WHERE "runs"."turn" is not null;