DROP INDEX `deliveries_channel`;--> statement-breakpoint
CREATE INDEX `deliveries_shown` ON `deliveries` (`channel_id`,`remote`,`id`);