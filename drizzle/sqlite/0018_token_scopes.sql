ALTER TABLE `api_tokens` ADD `scope` text DEFAULT '{"rights":["admin"],"workflows":null}' NOT NULL;--> statement-breakpoint
ALTER TABLE `api_tokens` ADD `expires_at` integer;--> statement-breakpoint
ALTER TABLE `api_tokens` ADD `made_by` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `api_tokens` ADD `made_by_token` text;--> statement-breakpoint
CREATE INDEX `api_tokens_maker` ON `api_tokens` (`made_by_token`);